package surveys

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"otklik/surveys/expr"
)

// Load reads, checks and compiles a survey from its YAML source. name is the file's name for messages. The error is
// always of the type Problems and names everything wrong with the source at once, each thing with its line and column; a
// survey that loads has no part that can fail on the glass. assets/surveys/schema.json describes the source to editors;
// what only Load checks are codes that must differ, texts in every language, expressions, and pictures. A source without
// its pictures loads, so that an author can work on it; Pack says what is missing.
//
// The Survey keeps src, which must not be changed afterwards.
func Load(name string, src []byte) (*Survey, error) { return load(name, src, nil) }

func load(name string, src []byte, places map[string]place) (*Survey, error) {
	l := &loader{reader: reader{file: name, places: places}, defined: map[string]definition{}}
	sum := sha256.Sum256(src)
	l.survey = &Survey{Version: hex.EncodeToString(sum[:8]), Source: src, byCode: map[string]int{}}
	if len(src) > MaxSourceBytes {
		l.problem(place{1, 1}, fmt.Sprintf("the survey has %d bytes with its pictures", len(src)), fmt.Sprintf("at most %d", MaxSourceBytes))
		return nil, l.problems
	}
	text, pictures := cutImages(src)
	if root := l.root(text); root != nil {
		l.load(field{key: "the file", at: nodePlace(root), node: root})
		l.images(pictures)
	}
	if len(l.problems) > 0 {
		return nil, l.problems.sorted()
	}
	return l.survey, nil
}

// loader reads one survey.
type loader struct {
	reader
	survey      *Survey
	defined     map[string]definition // every question by its code
	sees        sight                 // what the texts being read may name
	expressions []expression
	pipes       []expression // texts that repeat answers
}

// definition is where a question got its code.
type definition struct {
	index int // in the order of the pages
	at    place
}

// sight is which questions may be named.
type sight struct {
	visible int // those with a lower index may be named
	page    int // those from visible up to here stand on the same page
}

// everything is what may be named when all questions are behind.
var everything = sight{maxQuestions + 1, maxQuestions + 1}

// expression is an expression, or a text that repeats answers, to be compiled when all questions are known.
type expression struct {
	source scalar
	sees   sight
	want   expr.Type
	own    *Question // whose value the dot is; nil for none
	set    func(*expr.Program)
}

func (l *loader) load(root field) {
	o, ok := l.object(root, "the survey", "id", "number", "kind", "languages", "title", "invitation", "thanks", "anonymous", "partial",
		"audiences", "quotas", "sample", "schedule", "test", "pages")
	if !ok {
		return
	}
	s := l.survey
	s.ID = l.id(o)
	s.Number = o.integer("number", 1, maxNumber, true)
	s.Kind = oneOf(o, "kind", Kinds)
	s.Languages = l.languages(o)
	s.Title = l.text(o, "title", maxTitle, true)
	s.Invitation = l.text(o, "invitation", maxTitle, false)
	l.anonymous(o)
	l.partial(o)
	s.Sample, s.Schedule, s.Test = l.sample(o), l.schedule(o), l.test(o)
	l.pages(o)
	l.audiences(o)
	l.quotas(o)
	l.sees = everything
	s.Thanks = l.text(o, "thanks", maxQuestion, false)
	for _, e := range l.expressions {
		l.compile(e)
	}
	for _, e := range l.pipes {
		l.checkPipes(e)
	}
	if n := s.maxResponse(); n > maxResponseBytes {
		l.problem(o.fields["pages"].at, fmt.Sprintf("a full response could take %d bytes", n),
			fmt.Sprintf("at most %d; ask less, or give texts a lower max_length", maxResponseBytes))
	}
}

// id reads the survey's stable name.
func (l *loader) id(o object) string {
	const expected = "lower-case letters, digits and hyphens, such as exit-poll"
	f, ok := o.get("id", expected, true)
	if !ok {
		return ""
	}
	return l.name(f, expected, maxID, idShape.MatchString)
}

// code reads the code of a question, a choice or an audience.
func (l *loader) code(o object) (code string, at place) {
	const expected = "a lower-case letter, then letters, digits and underscores"
	f, ok := o.get("code", expected, true)
	if !ok {
		return "", o.at
	}
	return l.name(f, expected, maxCode, codeShape.MatchString), f.at
}

// name reads a text of the given shape. It returns also a text of another shape, so that it can be referred to without
// further problems.
func (l *loader) name(f field, expected string, longest int, fits func(string) bool) string {
	s, ok := l.scalar(f, expected)
	switch {
	case !ok:
	case !fits(s.text):
		l.problem(f.at, fmt.Sprintf("the %s is %.40q", f.key, s.text), expected)
	case len(s.text) > longest:
		l.problem(f.at, fmt.Sprintf("the %s has %d characters", f.key, len(s.text)), fmt.Sprintf("at most %d", longest))
	}
	return s.text
}

// oneOf reads one of a few words.
func oneOf[T ~string](o object, key string, words []T) T {
	word, _ := oneOfAt(o, key, words, true)
	return word
}

// oneOfAt reads one of a few words; at is where it stands.
func oneOfAt[T ~string](o object, key string, words []T, required bool) (word T, at place) {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = string(w)
	}
	expected := "one of " + strings.Join(list, ", ")
	f, ok := o.get(key, expected, required)
	if !ok {
		return "", o.at
	}
	s, ok := o.scalar(f, expected)
	if ok && !slices.Contains(list, s.text) {
		o.problem(f.at, fmt.Sprintf("the %s is %.40q", key, s.text), expected)
		return "", f.at
	}
	return T(s.text), f.at
}

func (l *loader) languages(o object) []string {
	const expected = "a language code such as ru, tt or en"
	var languages []string
	for _, f := range o.list("languages", "language codes", 1, maxLanguages, true) {
		s, ok := l.scalar(f, expected)
		switch {
		case !ok:
		case !languageShape.MatchString(s.text):
			l.problem(f.at, fmt.Sprintf("the language is %.40q", s.text), expected)
		case slices.Contains(languages, s.text):
			l.problem(f.at, fmt.Sprintf("the language %s stands twice", s.text), "")
		default:
			languages = append(languages, s.text)
		}
	}
	return languages
}

// text reads a text that stands in every language of the survey.
func (l *loader) text(o object, key string, longest int, required bool) Text {
	languages := l.survey.Languages
	expected := "a text in each language: " + strings.Join(languages, ", ")
	f, ok := o.get(key, expected, required)
	if !ok {
		return nil
	}
	t, ok := l.object(f, expected)
	if !ok {
		return nil
	}
	texts := make(Text, len(languages))
	for _, language := range t.order {
		if languages != nil && !slices.Contains(languages, language) {
			l.problem(t.fields[language].at, fmt.Sprintf("%s has a text in %.40q", key, language),
				"the survey's languages: "+strings.Join(languages, ", "))
			continue
		}
		words := l.line(t.fields[language], longest)
		if texts[language] = words.text; strings.Contains(words.text, "${") {
			l.pipes = append(l.pipes, expression{source: words, sees: l.sees})
		}
	}
	for _, language := range languages {
		if _, ok := t.fields[language]; !ok {
			l.problem(t.at, fmt.Sprintf("%s has no text in %s", key, language), expected)
		}
	}
	return texts
}

// distinct reports a code that was given before.
func (l *loader) distinct(seen map[string]place, what, code string, at place) {
	if code == "" {
		return
	}
	if first, twice := seen[code]; twice {
		l.problem(at, fmt.Sprintf("the code %s is taken by the %s in line %d", code, what, first.line), "a code of its own")
		return
	}
	seen[code] = at
}

// maxResponse returns how many bytes the largest response can take as JSON.
func (s *Survey) maxResponse() int {
	const entry = 48 // the frame of an answer
	total := 0
	for _, q := range s.questions {
		total += entry + len(q.Code) + q.size()
	}
	return total
}
