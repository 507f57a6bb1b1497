package lint

import (
	"fmt"
	"strings"
	"unicode"

	"otklik/surveys"
	"otklik/surveys/expr"
)

// choices finds choices, and rows of a matrix, that a visitor cannot tell apart in one of the languages.
func (c *checker) choices() {
	for _, q := range c.survey.Questions() {
		path := c.logic.at[q.Code].path
		c.alike(q, path, "choice", choicesOf(q))
		c.alike(q, path, "row", rowsOf(q))
	}
}

func (c *checker) alike(q *surveys.Question, path, what string, parts []part) {
	for _, language := range c.survey.Languages {
		looks := map[string][]int{}
		for i, p := range parts {
			look := appearance(p.text[language])
			for _, j := range looks[look] {
				if what == "choice" && !c.meet(q, j, i) {
					continue
				}
				c.found(Error, "look-alike-choices", fmt.Sprintf("%s/%ss/%d/text/%s", path, what, i, language), q.Code,
					language,
					"%s %s of %s looks like %s %s in %s: %q and %q; word them differently", what, p.code, q.Code, what,
					parts[j].code,
					language, p.text[language], parts[j].text[language])
				break
			}
			looks[look] = append(looks[look], i)
		}
	}
}

// meet reports whether two choices can be offered together; when that cannot be decided they are not found fault with.
func (c *checker) meet(q *surveys.Question, i, j int) bool {
	a, b := q.Choices[i].When, q.Choices[j].When
	if a == nil && b == nil {
		return true
	}
	v := c.logic.settle(claim{conditions: []*expr.Program{a, b}, given: []*expr.Program{q.Relevance}})
	return v.known && v.ever
}

// homoglyphs are letters of the Latin alphabet that look like Cyrillic ones, and letters that are read as the same.
var homoglyphs = strings.NewReplacer("a", "а", "c", "с", "e", "е", "o", "о", "p", "р", "x", "х", "y", "у", "k", "к",
	"m", "м", "t", "т",
	"h", "н", "b", "в", "ё", "е", "i", "і", "l", "і", "І", "і", "0", "о")

// appearance folds what people do not tell apart at a glance: case, ё, letters of two alphabets that look alike, white
// space, and marks between words. A sign that changes the meaning stays: + < > = % / and those inside a number.
func appearance(text string) string {
	var b strings.Builder
	runes := []rune(strings.ToLower(text))
	digit := func(i int) bool { return i >= 0 && i < len(runes) && unicode.IsDigit(runes[i]) }
	space := false
	for i, r := range runes {
		inNumber := digit(i+1) && (digit(i-1) || strings.ContainsRune("-−–", r))
		ignored := unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsPunct(r) &&
			!strings.ContainsRune("%/#&@*№", r) && !inNumber
		if ignored {
			space = true
			continue
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(r)
	}
	folded := b.String()
	if folded == "" {
		return text // marks only: they are what it says
	}
	if strings.IndexFunc(folded, unicode.IsLetter) < 0 {
		return folded // 0 is no letter in a number
	}
	return homoglyphs.Replace(folded)
}
