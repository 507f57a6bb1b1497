package lint

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"otklik/surveys"
)

// role is what a text is for; it decides how long the text may be.
type role struct {
	name string
	most int // characters
	item bool
}

// The roles. The lengths keep a text readable on a portrait glass: three lines of large type, one line of a tile.
var (
	titleText    = role{"the title", 30, false}
	inviteText   = role{"the invitation", 60, false}
	thanksText   = role{"the thanks", 60, false}
	questionText = role{"the question", 60, true}
	sayingText   = role{"the text", 300, false} // of an information page
	hintText     = role{"the hint", 60, false}
	messageText  = role{"the message", 80, false}
	choiceText   = role{"the choice", 30, false}
	rowText      = role{"the row", 30, true}
	endText      = role{"the end of the scale", 20, false}
	purposeText  = role{"the purpose", 120, false}
	termText     = role{"the term", 60, false}
	legalText    = role{"the statement", 1 << 20, false}
	unseenText   = role{"the text", 1 << 20, false} // of what has no screen
)

// mostWords is how many words of one sentence are read at a glance.
const mostWords = 15

// told is one text of the survey.
type told struct {
	role
	path     string
	question *surveys.Question // nil for one of the survey itself
	text     surveys.Text
}

// texts lists every text of the survey.
func (c *checker) texts() []told {
	s := c.survey
	all := []told{
		{titleText, "/title", nil, s.Title},
		{inviteText, "/invitation", nil, s.Invitation},
		{thanksText, "/thanks", nil, s.Thanks},
	}
	for _, q := range s.Questions() {
		path := c.logic.at[q.Code].path
		add := func(r role, key string, t surveys.Text) { all = append(all, told{r, path + "/" + key, q, t}) }
		switch {
		case !q.Kind.Traits().HasScreen:
			add(unseenText, "text", q.Text)
		case q.Kind == surveys.Information:
			add(sayingText, "text", q.Text)
		default:
			add(questionText, "text", q.Text)
		}
		add(hintText, "hint", q.Hint)
		add(messageText, "required_message", q.RequiredMessage)
		add(messageText, "constraint_message", q.ConstraintMessage)
		add(endText, "low", q.Low)
		add(endText, "high", q.High)
		for i, choice := range q.Choices {
			add(choiceText, fmt.Sprintf("choices/%d/text", i), choice.Text)
		}
		for i, r := range q.Rows {
			add(rowText, fmt.Sprintf("rows/%d/text", i), r.Text)
		}
		if q.Consent != nil {
			add(purposeText, "consent/purpose", q.Consent.Purpose)
			add(termText, "consent/term", q.Consent.Term)
			add(legalText, "consent/statement", q.Consent.Statement)
		}
	}
	for i, a := range s.Audiences {
		all = append(all, told{unseenText, fmt.Sprintf("/audiences/%d/name", i), nil, a.Name})
	}
	return all
}

// wording looks at every text by itself.
func (c *checker) wording() {
	for _, t := range c.texts() {
		code := ""
		if t.question != nil {
			code = t.question.Code
		}
		warn := func(rule, language, format string, args ...any) {
			c.found(Warning, rule, t.path+"/"+language, code, language, format, args...)
		}
		for i, language := range c.survey.Languages {
			text := t.text[language]
			c.length(t, language, text, warn)
			if word := mixed(text); word != "" {
				warn("mixed-alphabets", language,
					"%q mixes letters of two alphabets that look alike; type it again in one", word)
			}
			if other := foreign(language, text); other != 0 {
				warn("foreign-letters", language,
					"%s in %s has the letter %q of another language: %q; is it in the right place?", t.name, language,
					other, text)
			}
			for _, before := range c.survey.Languages[:i] {
				if text == t.text[before] && untranslated(t.role, text) {
					warn("untranslated", language, "%s reads the same in %s and in %s: %q; translate it", t.name,
						before, language, text)
					break
				}
			}
			if t.item && t.question.Kind != surveys.Information {
				c.asked(t, language, text, warn)
			}
		}
	}
	for _, q := range c.survey.Questions() {
		c.directions(q, c.logic.at[q.Code].path)
	}
}

type warner func(rule, language, format string, args ...any)

// length finds texts and sentences that take longer than a glance.
func (c *checker) length(t told, language, text string, warn warner) {
	plain := pipes.ReplaceAllString(text, "…")
	if n := utf8.RuneCountInString(plain); n > t.most {
		warn("too-long", language,
			"%s in %s has %d characters, more than the %d that are read at a glance: %q; shorten it", t.name, language,
			n, t.most, text)
		return
	}
	if t.role == legalText || t.role == unseenText {
		return
	}
	for _, sentence := range sentences(plain) {
		if n := len(words(sentence)); n > mostWords {
			warn("too-long", language,
				"a sentence of %d words in %s, more than the %d that are read at a glance: %q; make two of it", n,
				language, mostWords, sentence)
			return
		}
	}
}

// mixed returns a word with letters of the Latin and the Cyrillic alphabet, such as a Latin a in a Russian word; "" when
// there is none. Parts with a hyphen between them are words of their own: SMS-код.
func mixed(text string) string {
	for _, w := range words(pipes.ReplaceAllString(text, " ")) {
		latin, cyrillic := false, false
		for _, r := range w {
			latin = latin || unicode.Is(unicode.Latin, r)
			cyrillic = cyrillic || unicode.Is(unicode.Cyrillic, r)
		}
		if latin && cyrillic {
			return w
		}
	}
	return ""
}

// foreign returns a letter that the language does not have and that shows a text in the wrong place; 0 when there is none.
// Names in Latin letters are at home everywhere.
func foreign(language, text string) rune {
	for _, r := range text {
		switch {
		case language == "en" && unicode.Is(unicode.Cyrillic, r):
			return r
		case language == "ru" && strings.ContainsRune("әөүҗңһӘӨҮҖҢҺ", r):
			return r
		}
	}
	return 0
}

// untranslated reports whether a text that is the same in two languages was likely forgotten: a question, or several words.
// One word can be the same in both (Телефон), and so can a name in Latin letters.
func untranslated(r role, text string) bool {
	plain := words(pipes.ReplaceAllString(text, " "))
	cyrillic := 0
	for _, w := range plain {
		if n := utf8.RuneCountInString(w); n > 2 && !isNumber(w) && (unicode.Is(unicode.Cyrillic, []rune(w)[0]) ||
			r.item) {
			cyrillic++
		}
	}
	return cyrillic >= 2 || r == questionText && cyrillic >= 1
}

// asked looks at the words of a question or a row.
func (c *checker) asked(t told, language, text string, warn warner) {
	lower := " " + strings.Join(words(strings.ToLower(unquoted(pipes.ReplaceAllString(text, " ")))), " ") + " "
	if strings.Count(text, "?") > 1 {
		warn("two-questions", language, "it asks more than once: %q; make a question of each", text)
	} else if rated(t.question) {
		if word := joined(language, lower); word != "" {
			warn("two-questions", language,
				"%q asks about two things, and the answer will not say which is meant: «%s»; "+
					"ask about one, or make two questions", text, word)
		}
	}
	if !rated(t.question) {
		return
	}
	for _, l := range loaded[language] {
		if strings.Contains(lower, " "+l.phrase) && !slices.ContainsFunc(l.unless,
			func(u string) bool { return strings.Contains(lower, u) }) {
			warn("leading-wording", language, "%q suggests an answer: «%s»; ask neutrally, for example «%s»", text,
				l.phrase, l.instead)
			return
		}
	}
}

// rated reports whether one answer on a scale, or a yes or no, judges the whole text. Whoever knows the right answer judges
// nothing.
func rated(q *surveys.Question) bool {
	if len(q.Correct) > 0 {
		return false
	}
	item := q
	if q.Kind == surveys.Matrix {
		item = q.Items()[0]
	}
	_, _, scale := item.Scale()
	return scale || q.Kind == surveys.YesNo
}

// joined returns the word that joins two things in a text of words with a blank on each side, "" when none does.
func joined(language, text string) string {
	if word := pairing[language]; word != "" && strings.Contains(text, " "+word+" ") {
		return ""
	}
	for _, harmless := range together[language] {
		text = strings.ReplaceAll(text, " "+harmless+" ", " … ")
	}
	for _, and := range conjunctions[language] {
		before, after, found := strings.Cut(text, " "+and+" ")
		if found && strings.TrimSpace(before) != "" && strings.TrimSpace(after) != "" {
			return and
		}
	}
	return ""
}

// directions finds scales whose better end is not where it is said to be.
func (c *checker) directions(q *surveys.Question, path string) {
	reversed := 0
	for _, r := range q.Rows {
		if r.Reversed {
			reversed++
		}
	}
	if q.Kind == surveys.Matrix && reversed > 0 && reversed < len(q.Rows) {
		c.found(Warning, "mixed-directions", path+"/rows", q.Code, "",
			"in some rows of %s the higher answer is better and in others worse, "+
				"which people overlook; word all rows in one direction", q.Code)
	}
	for _, language := range c.survey.Languages {
		low, high := praise(language, q.Low[language]), praise(language, q.High[language])
		switch {
		case low > 0 && high < 0 && !q.Reversed:
			c.found(Warning, "scale-direction", path+"/low/"+language, q.Code, language,
				"the scale of %s goes from «%s» to «%s», so a higher answer is worse; "+
					"exchange the ends, or say reversed: true", q.Code, q.Low[language], q.High[language])
			return
		case low < 0 && high > 0 && q.Reversed:
			c.found(Warning, "scale-direction", path+"/reversed", q.Code, language,
				"%s is reversed, but its scale goes from «%s» to «%s», so a higher answer is better; take reversed out",
				q.Code, q.Low[language], q.High[language])
			return
		}
	}
	for i, item := range q.Items() {
		if item.Kind != surveys.Agreement || item.Reversed || len(q.Correct) > 0 {
			continue
		}
		at := path + "/text/"
		if q.Kind == surveys.Matrix {
			at = fmt.Sprintf("%s/rows/%d/text/", path, i)
		}
		for _, language := range c.survey.Languages {
			if text := item.Text[language]; praise(language, text) < 0 {
				c.found(Warning, "scale-direction", at+language, q.Code, language,
					"who agrees that %q is not content, so a higher answer is worse; "+
						"say reversed: true, or word it the other way round", text)
				break
			}
		}
	}
}

// praise is 1 for a text with words of praise, -1 for one with words of blame, 0 for neither or both, or with a negation.
func praise(language, text string) int {
	value := 0
	all := words(strings.ToLower(text))
	for i, w := range all {
		if slices.Contains(negations[language], w) || language == "en" && (strings.HasSuffix(w, "n't") ||
			strings.HasSuffix(w, "n’t")) {
			return 0
		}
		joined := w
		if i+1 < len(all) {
			joined += " " + all[i+1]
		}
		starts := func(beginnings []string, with string) bool {
			return slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(with, b) })
		}
		if starts(badWords[language], joined) { // first: канәгатьсез begins with канәгать
			value |= 2
		} else if starts(goodWords[language], w) {
			value |= 1
		}
	}
	return []int{0, 1, -1, 0}[value]
}
