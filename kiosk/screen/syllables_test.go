package screen

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
)

// marked is a word with "·" where a line may end with a hyphen, and "|" where it may end without one.
func marked(word string) (all string) {
	from := 0
	for _, s := range seams(word) {
		all += word[from:s.at] + map[bool]string{true: "·", false: "|"}[s.hyphen]
		from = s.at
	}
	return all + word[from:]
}

func TestWordsAreDividedBetweenSyllables(t *testing.T) {
	for _, want := range []string{
		"Ав·то·за·вод·ский", "со·труд·ник", "ми·нис·тер·ства", "объ·яс·не·ния", "рай·он", "вни·ма·тель·но", "уп·рав·ле·ние", "пе·ре·о·бу·че·ние",
		"цен·траль·ный", "«От·лич·но»,", "один", "клоун", "по-|преж·не·му", "SMS-|код",
		"хез·мәт·кәр·лә·ре·нең", "со·рау·ла·ры·гыз·га", "мө·рә·җә·гать·ләр", "кли·ент·лар·ны", "үз·гәр·тер·гә", "ва·кан·си·я·ләр",
		"ap·point·ment", "re·train·ing", "run·ning", "every·thing", "con·sul·ta·tion", "prin·ciples", "looked", "self-|em·ployed",
		"https://otklik.example/visit", "+7(917)234-56-78", "2026", "…", "", "otklik2026",
	} {
		word := strings.NewReplacer("·", "", "|", "").Replace(want)
		if got := marked(word); got != want {
			t.Errorf("%q is divided as %q, want %q", word, got, want)
		}
	}
	if got := marked("сверх\u00adурочные"); got != "сверх·\u00adурочные" {
		t.Errorf("where an author says where a word is divided it is %q", got)
	}
}

// lines are those of a text in the width of some letters.
func lines(t *testing.T, text string, letters string, wrap func(string, float32, fyne.TextStyle, float32) []string) []string {
	t.Helper()
	test.NewTempApp(t)
	const size = 20
	width := measure(letters, size, bold)
	all := wrap(text, size, bold, width)
	for _, line := range all {
		if measure(line, size, bold) > width {
			t.Errorf("%q is wider than %q", line, letters)
		}
	}
	return all
}

func hyphens(text string, size float32, style fyne.TextStyle, width float32) []string {
	lines, _ := wrap(text, size, style, width)
	return lines
}

func TestAWordWiderThanALineEndsItWithAHyphen(t *testing.T) {
	for _, c := range []struct{ text, room, want string }{
		{"Разговор с сотрудником", "Разговор", "Разговор/с сотруд-/ником"},
		{"в Автозаводском", "Автозаводском", "в/Автозаводском"}, // a space before a syllable
		{"Автозаводском", "Автозаводско", "Автозавод-/ском"},
		{"сверх\u00adурочные", "сверхуроч", "сверх-/урочные"},
		{"сверх\u00adурочные", "сверхурочные", "сверхурочные"},
		{"otklik.example", "otklik.ex", "otklik.ex/ample"},
	} {
		if got := strings.Join(lines(t, c.text, c.room, hyphens), "/"); got != c.want {
			t.Errorf("%q in the width of %q is %q, want %q", c.text, c.room, got, c.want)
		}
	}
}

func TestWhatIsBeingWrittenShowsNoHyphenThatNobodyWrote(t *testing.T) {
	got := lines(t, "Автозаводском районе", "Автозавод", wrapTyped)
	if strings.Contains(strings.Join(got, ""), "-") || strings.Join(got, "") != "Автозаводскомрайоне" {
		t.Errorf("it is shown as %q", got)
	}
}

func TestAWordThatAHyphenPartsIsReadWhole(t *testing.T) {
	var objects []fyne.CanvasObject
	for _, line := range []string{"Разговор", "с сотруд-", "ником", "SMS-", "Код"} {
		objects = append(objects, canvas.NewText(line, nil))
	}
	if got := sentence(objects); got != "Разговор с сотрудником SMS- Код" {
		t.Errorf("it is read as %q", got)
	}
}

// A hyphen never leaves one letter alone, nor parts letters that make up no syllable.
func TestNoPartOfAWordIsTooShort(t *testing.T) {
	for _, word := range []string{"Оя", "аэро", "яяяяя", "ауауа", "йод", "июльский", "әүлия", "interesting", "eye", "ууу", "страна", "өйү"} {
		at := []int{0}
		for _, s := range seams(word) {
			at = append(at, s.at)
		}
		for i, end := range append(at[1:], len(word)) {
			if n := utf8.RuneCountInString(word[at[i]:end]); n < 2 && (i == 0 || end == len(word)) {
				t.Errorf("%q is divided as %q", word, marked(word))
			}
		}
		if !slices.IsSorted(at) {
			t.Errorf("%q has its seams at %v", word, at)
		}
	}
}
