package xlsform

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	codeShape = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	notInCode = regexp.MustCompile(`[^a-z0-9_]`)
)

const maxCode = 40 // characters of a code

// latin spells Cyrillic letters in Latin ones.
var latin = strings.NewReplacer("а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ё", "yo", "ж", "zh", "з", "z",
	"и", "i", "й", "y", "к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u",
	"ф", "f", "х", "kh", "ц", "ts", "ч", "ch", "ш", "sh", "щ", "shch", "ъ", "", "ы", "y", "ь", "", "э", "e", "ю", "yu",
	"я", "ya", "ә", "a", "ө", "o", "ү", "u", "җ", "j", "ң", "ng", "һ", "h")

func fitsCode(name string) bool { return len(name) <= maxCode && codeShape.MatchString(name) }

// coder gives names codes of their own.
type coder struct {
	letter string // what stands before a digit at the beginning
	taken  map[string]bool
}

// code turns a name of XLSForm into a code of ours: the same one, unless its shape does not fit or it is taken. Names that
// fit must have been taken first, so that no other name gets theirs. number tells names apart of which nothing remains.
func (c *coder) code(name string, number int) string {
	code := name
	if !fitsCode(code) {
		code = strings.TrimLeft(notInCode.ReplaceAllString(latin.Replace(strings.ToLower(name)), "_"), "_")
		if strings.Trim(code, "_") == "" {
			code = c.letter + strconv.Itoa(number)
		}
		if code[0] >= '0' && code[0] <= '9' {
			code = c.letter + code
		}
		code = code[:min(len(code), maxCode)]
	}
	free := code
	for i := 2; c.taken[free] && code != name; i++ {
		suffix := "_" + strconv.Itoa(i)
		free = code[:min(len(code), maxCode-len(suffix))] + suffix
	}
	c.taken[free] = true
	return free
}

// idOf turns a form_id, a title or the name of a file into an id: lower-case letters, digits and hyphens.
func idOf(name string) string {
	const longest = 64
	id := strings.Trim(hyphens.ReplaceAllString(latin.Replace(strings.ToLower(name)), "-"), "-")
	if id = strings.Trim(id[:min(len(id), longest)], "-"); id == "" {
		return "form"
	}
	return id
}

var hyphens = regexp.MustCompile(`[^a-z0-9]+`)

func quote(s string) string {
	const longest = 60
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest]) + "…"
	}
	return "«" + s + "»"
}

func itoa(n int) string { return strconv.Itoa(n) }
