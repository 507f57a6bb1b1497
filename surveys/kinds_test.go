package surveys_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"otklik/surveys"
)

// sample is what the tests know of one kind of question.
type sample struct {
	yaml       string   // the keys it needs besides code, kind and text, in flow style, texts in Russian only
	conditions []string // on its answer; Q stands for its code
	good, bad  []surveys.Value
}

const abc = "choices: [{code: a, text: {ru: А}}, {code: b, text: {ru: Б}}, {code: other, text: {ru: В}}]"

var (
	n, s, list = surveys.Number, surveys.String, surveys.Codes
	nothing    surveys.Value
)

func row(code string, v surveys.Value) surveys.RowValue { return surveys.RowValue{Row: code, Value: v} }

// samples has one entry for each kind.
var samples = map[surveys.QuestionKind]sample{
	surveys.Smiley:        {"", numeric, []surveys.Value{n(1), n(4)}, []surveys.Value{n(0), n(5), n(2.5), s("4"), list("4")}},
	surveys.Stars:         {"", numeric, []surveys.Value{n(1), n(5)}, []surveys.Value{n(0), n(6), s("4")}},
	surveys.NPS:           {"", numeric, []surveys.Value{n(0), n(10)}, []surveys.Value{n(-1), n(11), s("4")}},
	surveys.Agreement:     {"levels: 7", numeric, []surveys.Value{n(1), n(7)}, []surveys.Value{n(0), n(8), s("4")}},
	surveys.SingleChoice:  {abc, []string{"selected(${Q}, 'a')", "${Q} = 'b'"}, []surveys.Value{s("a"), s("b")}, []surveys.Value{s("c"), s(""), list("a"), n(1)}},
	surveys.PictureChoice: {strings.ReplaceAll(abc, "}}", "}, image: a.png}"), []string{"${Q} != 'a'"}, []surveys.Value{s("a"), s("b")}, []surveys.Value{s("c"), n(1)}},
	surveys.Dropdown:      {abc, []string{"${Q} = 'a'"}, []surveys.Value{s("a"), s("b")}, []surveys.Value{s("c"), list("a")}},
	surveys.MultipleChoice: {
		abc,
		[]string{"selected(${Q}, 'a')", "count-selected(${Q}) > 1"},
		[]surveys.Value{list(), list("a"), list("a", "b")},
		[]surveys.Value{list("b", "a"), list("a", "a"), list("c"), s("a")},
	},
	surveys.Ranking: {
		abc + ", top: 2",
		[]string{"selected-at(${Q}, 0) = 'a'", "count-selected(${Q}) = 2"},
		[]surveys.Value{list("a"), list("b", "a")},
		[]surveys.Value{list(), list("a", "a"), list("a", "b", "other"), list("c"), s("a")},
	},
	surveys.Matrix: {
		"rows: [{code: x, text: {ru: А}}, {code: y, text: {ru: Б}}], scale: smiley",
		[]string{"${Q-x} <= 2", "${Q-y} != ''"},
		[]surveys.Value{surveys.Rows(row("x", n(2))), surveys.Rows(row("x", n(1)), row("y", n(4)))},
		[]surveys.Value{
			surveys.Rows(), surveys.Rows(row("y", n(1)), row("x", n(1))), surveys.Rows(row("x", n(1)), row("x", n(1))),
			surveys.Rows(row("z", n(1))), surveys.Rows(row("x", n(5))), surveys.Rows(row("x", s("a"))), surveys.Rows(row("x", nothing)), n(1),
		},
	},
	surveys.YesNo:  {"", []string{"${Q} = 'yes'"}, []surveys.Value{s("yes"), s("no")}, []surveys.Value{s("да"), n(1)}},
	surveys.Slider: {"min: -1, max: 1, step: 0.1", numeric, []surveys.Value{n(-1), n(0.3), n(1)}, []surveys.Value{n(1.1), n(0.25), s("1")}},
	surveys.NumberEntry: {
		"decimals: 2, min: -5, max: 99.99", numeric,
		[]surveys.Value{n(-5), n(0.01), n(99.99)},
		[]surveys.Value{n(-5.01), n(100), n(0.001), s("1")},
	},
	surveys.Date: {
		"min: 1900-01-01, max: 2026-12-31",
		[]string{"${Q} < date('2000-01-01')", "${Q} != ''"},
		[]surveys.Value{s("1900-01-01"), s("2024-02-29"), s("2026-12-31")},
		[]surveys.Value{s("2023-02-29"), s("1899-12-31"), s("2027-01-01"), s("1.1.2000"), s(""), n(1)},
	},
	surveys.Time: {
		"min: '08:00'",
		[]string{"${Q} = ''"},
		[]surveys.Value{s("08:00"), s("23:59")},
		[]surveys.Value{s("07:59"), s("24:00"), s("8:00"), s("08:00:00"), n(8)},
	},
	surveys.DateTime: {
		"min: 2026-01-01T08:00, max: 2026-12-31T17:45",
		[]string{"${Q} < now()", "${Q} >= date('2026-05-01')", "date(${Q}) = today()", "${Q} != ''"},
		[]surveys.Value{s("2026-01-01T08:00"), s("2026-12-31T17:45")},
		[]surveys.Value{s("2026-01-01T07:59"), s("2026-12-31T17:46"), s("2026-02-29T10:00"), s("2026-05-01"), s("2026-05-01 10:00"), s("2026-05-01T10:00:00"), s("2026-05-01T24:00"), n(1)},
	},
	surveys.ShortText: {
		"max_length: 5", textual,
		[]surveys.Value{s("да"), s("өөөөө"), s("а\nб"), s(" ")},
		[]surveys.Value{s(""), s("шестьх"), s("\xff"), s("а\tб"), s("а\rб"), s("\x00"), s("\u0085"), n(1), list("a")},
	},
	surveys.LongText: {"", textual, []surveys.Value{s("да"), s(strings.Repeat("ө", 1000))}, []surveys.Value{s(""), s(strings.Repeat("ө", 1001))}},
	surveys.Phone:    {"", textual, []surveys.Value{s("+79172345678"), s("+4930123456")}, []surveys.Value{s("89172345678"), s("+7 917 234-56-78"), s("+0123456789"), s("")}},
	surveys.Email: {
		"", textual,
		[]surveys.Value{s("roza@example.ru"), s("роза@почта.рф"), s("a.b+c@x-y.example.com")},
		[]surveys.Value{s("roza"), s("roza@"), s("@example.ru"), s("roza@example"), s("ro za@example.ru"), s("a..b@example.ru"), s(".a@example.ru"), s("a.@example.ru"), s("a@-x.ru"), s("a@x.1"), s("a@b@example.ru")},
	},
	surveys.Consent: {"consent: {version: '1', purpose: {ru: Ответ}, term: {ru: Год}}", []string{"${Q} = 'yes'"}, []surveys.Value{s("yes"), s("no")}, []surveys.Value{s("maybe"), n(1)}},
	surveys.Signature: {
		"", nil,
		[]surveys.Value{s("M0 0"), s("M10 20L30 40L1000 400M1 2")},
		[]surveys.Value{s(""), s("L1 2"), s("M1"), s("M1 401"), s("M1001 1"), s("M01 1"), s("M1 2Z"), s("M-1 2"), s("M1 2 L3 4"), s("x"), s(strings.Repeat("M1 2", 5000)), n(1)},
	},
	surveys.Calculated:  {"calculation: 1 + 1", []string{"${Q} = 2"}, []surveys.Value{n(2), n(0.5)}, []surveys.Value{s("a"), list("a")}},
	surveys.Hidden:      {"source: window", textual, []surveys.Value{s("A-12")}, []surveys.Value{s(""), s(strings.Repeat("a", 121)), n(1)}},
	surveys.Information: {"", nil, []surveys.Value{nothing}, []surveys.Value{n(1), s("a"), list()}},
}

var (
	numeric = []string{"${Q} <= 2", "not(${Q} > 1)", "${Q} = ''"}
	textual = []string{"${Q} = 'да'", "string-length(${Q}) > 3", "${Q} != ''"}
)

// one is a survey of one question of the kind.
func one(kind surveys.QuestionKind) string {
	q := "{code: q, kind: " + string(kind) + ", text: {ru: А}"
	if y := samples[kind].yaml; y != "" {
		q += ", " + y
	}
	return "id: one\nnumber: 1\nkind: test\nlanguages: [ru]\ntitle: {ru: А}\npages:\n  - questions:\n      - " + q + "}\n"
}

func mustLoad(t interface {
	Helper()
	Fatalf(string, ...any)
}, source string,
) *surveys.Survey {
	t.Helper()
	survey, err := surveys.Load("demo.yaml", []byte(source))
	if err != nil {
		t.Fatalf("%v in\n%s", err, source)
	}
	return survey
}

func TestEveryKindChecksItsValuesAndKeepsThemInJSON(t *testing.T) {
	for _, kind := range surveys.QuestionKinds {
		sample, ok := samples[kind]
		if !ok || len(sample.good) == 0 || len(sample.bad) == 0 {
			t.Errorf("the kind %s has no samples", kind)
			continue
		}
		q := mustLoad(t, one(kind)).Question("q")
		for _, v := range sample.good {
			if err := q.Check(v); err != nil {
				t.Errorf("%+v is refused: %v", v, err)
			}
			data, err := json.Marshal(v)
			var back surveys.Value
			if err != nil || json.Unmarshal(data, &back) != nil || !back.Equal(v) {
				t.Errorf("%s: %+v is written %s (%v) and read as %+v", kind, v, data, err, back)
			}
		}
		for _, v := range sample.bad {
			if err := q.Check(v); err == nil || !strings.HasPrefix(err.Error(), "question q (") {
				t.Errorf("%s accepts %+v (%v)", kind, v, err)
			}
		}
		if kind != surveys.Information && q.Check(nothing) == nil {
			t.Errorf("%s accepts no value", kind)
		}
	}
}

// TestTraitsAgreeWithWhatAKindIs holds the table of traits against the values of the samples.
func TestTraitsAgreeWithWhatAKindIs(t *testing.T) {
	for _, kind := range surveys.QuestionKinds {
		traits, v := kind.Traits(), samples[kind].good[0]
		_, isNumber := v.Float()
		_, isList := v.List()
		if kind != surveys.Calculated && isNumber != traits.Numeric || isList != traits.List || v.IsZero() == traits.HasValue {
			t.Errorf("%s: %+v for %+v", kind, traits, v)
		}
		q := mustLoad(t, one(kind)).Question("q")
		if traits.HasChoices != (len(q.Choices) > 0) || traits.Text && traits.OneTap || traits.OneTap && !traits.HasScreen {
			t.Errorf("%s: %+v", kind, traits)
		}
		if lowest, highest, ok := q.Scale(); ok && (q.Check(n(float64(lowest))) != nil || q.Check(n(float64(highest))) != nil || q.Check(n(float64(highest+1))) == nil) {
			t.Errorf("the scale of %s is not %d to %d", kind, lowest, highest)
		}
	}
	if unknown := surveys.QuestionKind("nothing").Traits(); unknown != (surveys.Traits{}) {
		t.Errorf("an unknown kind has %+v", unknown)
	}
}

func TestErrorsOfCheckDoNotRepeatWhatWasTyped(t *testing.T) {
	const typed = "Меня зовут Роза"
	for _, kind := range surveys.QuestionKinds {
		q := mustLoad(t, one(kind)).Question("q")
		for _, v := range []surveys.Value{s(typed), list(typed), surveys.Rows(row(typed, s(typed))), surveys.Rows(row("x", s(typed)))} {
			if err := q.Check(v); err != nil && strings.Contains(err.Error(), "Роза") {
				t.Errorf("%s: %v", kind, err)
			}
		}
	}
}

func TestChecksOfAQuestionMadeByHand(t *testing.T) {
	choices := []surveys.Choice{{Code: "a"}, {Code: "b"}, {Code: "none", Exclusive: true}}
	q := surveys.Question{Code: "q", Kind: surveys.MultipleChoice, Choices: choices}
	for _, c := range []struct {
		v    surveys.Value
		good bool
	}{{list("none"), true}, {list("a", "none"), false}, {list(), true}} {
		if err := q.Check(c.v); (err == nil) != c.good {
			t.Errorf("%+v: %v", c.v, err)
		}
	}
	q.Required = true
	if q.Check(list()) == nil || q.Check(list("b")) != nil {
		t.Error("a required multiple choice takes no choice")
	}
	q = surveys.Question{Code: "q", Kind: surveys.Agreement}
	if q.Check(n(5)) != nil || q.Check(n(6)) == nil {
		t.Error("an agreement without levels is not 1 to 5")
	}
	if q = (surveys.Question{Code: "q"}); q.Check(nothing) == nil || q.Check(n(1)) == nil {
		t.Error("a question without a kind has an answer")
	}
	m := mustLoad(t, strings.Replace(one(surveys.Matrix), "scale: smiley", "required: true, scale: smiley", 1)).Question("q")
	if m.Check(surveys.Rows(row("x", n(1)))) == nil || m.Check(surveys.Rows(row("x", n(1)), row("y", n(2)))) != nil {
		t.Error("a required matrix is not answered in every row")
	}
}

func TestARowOfAMatrixIsAQuestionOfItsOwn(t *testing.T) {
	source := strings.Replace(one(surveys.Matrix), "text: {ru: Б}}]", "text: {ru: Б}, reversed: true}], group: 3", 1)
	q := mustLoad(t, source).Question("q")
	items := q.Items()
	if len(items) != 2 || items[0].Code != "q/x" || items[1].Text["ru"] != "Б" || items[0].Kind != surveys.Smiley ||
		items[0].Group != 3 || items[0].Reversed || !items[1].Reversed {
		t.Errorf("%+v", items)
	}
	v := surveys.Rows(row("x", n(2)))
	if !v.Row("x").Equal(n(2)) || !v.Row("y").IsZero() {
		t.Errorf("the rows of %+v", v)
	}
	byChoice := mustLoad(t, strings.Replace(one(surveys.Matrix), "scale: smiley", abc, 1)).Question("q")
	if err := byChoice.Check(surveys.Rows(row("x", s("a")), row("y", s("other")))); err != nil {
		t.Error(err)
	}
	if single := mustLoad(t, one(surveys.Date)).Question("q"); len(single.Items()) != 1 || single.Items()[0] != single {
		t.Error("a question that is no matrix is not its own item")
	}
}

func TestTelephoneNumbersAsPeopleTypeThem(t *testing.T) {
	for typed, want := range map[string]string{
		"89172345678": "+79172345678", "8 (917) 234-56-78": "+79172345678", "9172345678": "+79172345678", "+7 917 234 56 78": "+79172345678",
		"79172345678": "+79172345678", "+49 30 123456": "+4930123456", "": "", "12": "", "телефон": "", "+7917x345678": "",
	} {
		if got, ok := surveys.ParsePhone(typed); ok != (want != "") || ok && got != want {
			t.Errorf("%q is read as %q, %v", typed, got, ok)
		}
	}
}

func TestSignaturesAreWrittenAsPathsAndReadBack(t *testing.T) {
	v, ok := surveys.Strokes([][]surveys.Point{{{1, 2}, {1, 2}, {3, 4}}, {}, {{-5, 900}}})
	text, _ := v.Text()
	if !ok || text != "M1 2L3 4M0 400" {
		t.Errorf("%q %v", text, ok)
	}
	strokes, err := surveys.ParseStrokes(text)
	if err != nil || len(strokes) != 2 || len(strokes[0]) != 2 || strokes[0][1] != (surveys.Point{X: 3, Y: 4}) {
		t.Errorf("%v %v", strokes, err)
	}
	var long []surveys.Point
	var many [][]surveys.Point
	for i := range 40000 {
		p := surveys.Point{X: i % 1001, Y: i % 401}
		long, many = append(long, p), append(many, []surveys.Point{p})
	}
	for _, drawn := range [][][]surveys.Point{{long}, many} {
		v, ok := surveys.Strokes(drawn)
		if err := mustLoad(t, one(surveys.Signature)).Question("q").Check(v); !ok || err != nil {
			t.Errorf("%v: %v", ok, err)
		}
		if text, _ := v.Text(); len(text) < surveys.MaxSignatureBytes/3 {
			t.Errorf("%d bytes are left of a long signature", len(text))
		}
	}
	if _, ok := surveys.Strokes([][]surveys.Point{{}, {}}); ok {
		t.Error("no stroke is a signature")
	}
}

func FuzzParseStrokes(f *testing.F) {
	for _, v := range append(samples[surveys.Signature].good, samples[surveys.Signature].bad...) {
		text, _ := v.Text()
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		strokes, err := surveys.ParseStrokes(text)
		if err != nil {
			return
		}
		again, ok := surveys.Strokes(strokes)
		back, _ := again.Text()
		if second, err := surveys.ParseStrokes(back); !ok || err != nil || len(second) != len(strokes) {
			t.Fatalf("%q is read, written %q and not read again: %v", text, back, err)
		}
	})
}

func FuzzChecks(f *testing.F) {
	for kind, sample := range samples {
		for _, v := range append(sample.good, sample.bad...) {
			if data, err := json.Marshal(v); err == nil {
				f.Add(string(kind), data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		var v surveys.Value
		if _, ok := samples[surveys.QuestionKind(kind)]; !ok || v.UnmarshalJSON(data) != nil {
			return
		}
		survey := mustLoad(t, one(surveys.QuestionKind(kind)))
		a := surveys.Answers{"q": v}
		valid := survey.Question("q").Check(v) == nil
		survey.Prune(a, 1)
		if kept, ok := a["q"]; valid && kind != "calculated" && ok != !v.IsZero() {
			t.Fatalf("%s: the valid %s is pruned to %+v", kind, data, kept)
		}
		again, err := json.Marshal(v)
		if err != nil || valid && len(again) > 2*len(bytes.TrimSpace(data))+64 {
			t.Fatalf("%s is written %s (%v)", data, again, err)
		}
	})
}
