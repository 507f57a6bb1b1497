package xlsform

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"otklik/surveys"
	"otklik/surveys/expr"
)

// list is one list of choices.
type list struct {
	name    string
	choices []*choice
	codes   map[string]string // by name
	used    bool              // by a question
	shown   bool              // to a visitor, under its own codes
}

// choice is one row of the sheet choices.
type choice struct {
	row   row
	name  string
	code  string
	image string
	at    origin // of its name
}

// pictures reports whether every choice has a picture.
func (l *list) pictures() bool {
	return len(l.choices) > 0 && !slices.ContainsFunc(l.choices, func(c *choice) bool { return c.image == "" })
}

// readLists reads the sheet choices.
func (im *importer) readLists() {
	im.lists = map[string]*list{}
	for _, r := range im.choices.rows {
		name, _ := im.choices.get(r, "list_name")
		code, at := im.choices.get(r, "name")
		_, labelled := im.choices.get(r, "label")
		switch {
		case name == "" && code == "" && labelled.column == 0:
			continue // a line between lists, or one that only has remarks
		case name == "":
			im.fail(origin{sheet: im.choices.name, row: r.number}, "the choice has no list_name", "the name of its list, as the sheet survey has it behind select_one")
			continue
		case code == "":
			im.fail(origin{sheet: im.choices.name, row: r.number}, "the choice has no name", "a name of its own in the list "+name)
			continue
		}
		l := im.lists[name]
		if l == nil {
			l = &list{name: name, codes: map[string]string{}}
			im.lists[name] = l
		}
		image, _ := im.choices.get(r, "media::image")
		for _, c := range im.choices.columns {
			if cell := r.cell(c.index); c.name == "media::image" && cell != "" && cell != image {
				im.fail(im.choices.origin(r, c), "the choice "+quote(code)+" has another picture in another language", "one picture, or words instead of it")
			}
		}
		l.choices = append(l.choices, &choice{row: r, name: code, image: image, at: at})
	}
	for _, l := range im.lists {
		c := coder{letter: "c", taken: map[string]bool{}}
		for _, ch := range l.choices {
			if fitsCode(ch.name) {
				c.taken[ch.name] = true
			}
		}
		for i, ch := range l.choices {
			if code, again := l.codes[ch.name]; again {
				ch.code = code
				continue
			}
			ch.code = c.code(ch.name, i+1)
			l.codes[ch.name] = ch.code
		}
	}
}

// reportLists names the choices whose codes are not their names, and the lists that nothing uses.
func (im *importer) reportLists() {
	for _, l := range im.lists {
		if !l.used {
			im.warn(l.choices[0].at, "the list "+quote(l.name)+" is used by no question", "")
		}
		for _, c := range l.choices {
			if l.shown && c.code != c.name {
				im.warn(c.at, fmt.Sprintf("the choice %s has the code %s", quote(c.name), c.code), "")
			}
		}
	}
}

// offered is one choice of one question: the rows that it merges, and when it is offered.
type offered struct {
	*choice
	text *node
	when string
	from origin // of when
}

// choicesNode returns the choices of a question as YAML, and the codes by name.
func (im *importer) choicesNode(it *item) *node {
	l := it.choices
	if len(l.choices) == 0 {
		return nil // the list is reported already
	}
	l.shown = true
	filter, filterAt := im.survey.get(it.row, "choice_filter")
	generated := ""
	if im.ownConditions(l) {
		generated = filterOf(im.conditionsOf(l))
	}
	var kept []*offered
	byCode := map[string]*offered{}
	always, allowed := map[string]bool{}, im.duplicates()
	for _, c := range l.choices {
		o := &offered{choice: c, text: im.texts(im.choices, c.row, "label", true)}
		if generated != "" {
			o.when, o.from = im.choices.get(c.row, "otklik::when")
			o.when = im.rewrite(o.when, it)
		}
		if filter != "" && join(pieces(filter)) != join(pieces(generated)) {
			if generated != "" {
				im.fail(filterAt, "choice_filter and the column otklik::when of the list "+l.name+" say different things", "one of them")
				return nil
			}
			when, holds, ok := im.filter(filter, filterAt, it, c)
			if !ok {
				return nil
			}
			if !holds {
				continue
			}
			o.when, o.from = when, filterAt
		}
		if o.text == nil {
			im.fail(origin{sheet: im.choices.name, row: c.row.number}, "the choice "+quote(c.name)+" has no label", "the words that the visitor taps, in the column label")
			continue
		}
		first := byCode[c.code]
		if first == nil {
			byCode[c.code] = o
			always[c.code] = o.when == ""
			kept = append(kept, o)
			continue
		}
		switch {
		case filter == "" || !allowed:
			im.fail(c.at, fmt.Sprintf("the list %s has the choice %s twice", l.name, quote(c.name)),
				"a name of its own; with a choice_filter, allow_choice_duplicates in settings joins choices of one name")
		case !sameTexts(first.text, o.text):
			im.fail(c.at, fmt.Sprintf("two choices of the list %s have the name %s and different labels", l.name, quote(c.name)), "a name of its own for each")
		case o.when == "" || always[c.code]:
			first.when, always[c.code] = "", true
		case o.when != first.when:
			first.when = "(" + strings.TrimSuffix(strings.TrimPrefix(first.when, "("), ")") + ") or (" + o.when + ")"
		}
	}
	n := &node{from: it.at}
	for _, o := range kept {
		n.list = append(n.list, im.choiceNode(o))
	}
	if len(kept) == 0 && filter != "" {
		im.fail(filterAt, "choice_filter leaves no choice", "a condition that some choice fulfils; texts stand in quotes: pastel = 'yes'")
		return nil
	}
	return n
}

func (im *importer) choiceNode(o *offered) *node {
	n := &node{from: o.at}
	n.set("code", text(o.at, o.code))
	n.set("text", o.text)
	if o.image != "" {
		_, at := im.choices.get(o.row, "media::image")
		n.set("image", text(at, o.image))
	}
	for _, key := range []string{"exclusive", "last"} {
		if cell, at := im.choices.get(o.row, "otklik::"+key); cell != "" {
			im.truth(n, key, cell, at)
		}
	}
	if o.when != "" {
		n.set("when", text(o.from, o.when))
	}
	return n
}

func sameTexts(a, b *node) bool {
	return slices.EqualFunc(a.values, b.values, func(x, y *node) bool { return x.text == y.text }) && slices.Equal(a.keys, b.keys)
}

// duplicates reports whether settings allow choices of one name in a list.
func (im *importer) duplicates() bool {
	cell, _ := im.setting("allow_choice_duplicates")
	return isYes(cell)
}

// filter turns a choice_filter into the condition of one choice: the names of columns become what the choice has there. A
// filter that names no question holds or does not; one that cannot be carried is reported, and ok is false.
func (im *importer) filter(source string, at origin, it *item, c *choice) (when string, holds, ok bool) {
	ps := pieces(straighten(source))
	asked := false
	for i := range ps {
		p := &ps[i]
		asked = asked || p.kind == namePiece || p.kind == ownPiece
		if p.kind != wordPiece || slices.Contains([]string{"and", "or", "div", "mod"}, p.raw) {
			continue
		}
		if next := slices.IndexFunc(ps[i+1:], func(q piece) bool { return q.kind != spacePiece }); next >= 0 && ps[i+1+next].raw == "(" {
			continue // a function
		}
		value, found := im.choiceColumn(c.row, p.raw)
		if !found {
			im.fail(at, fmt.Sprintf("choice_filter names %s, which is no column of the sheet choices", quote(p.raw)),
				fmt.Sprintf("a column, or a text in quotes: '%s'", p.raw))
			return "", false, false
		}
		raw, fits := quoteText(value)
		if !fits {
			im.fail(at, fmt.Sprintf("the column %s has a text with both kinds of quotes", p.raw), "one kind of quotes")
			return "", false, false
		}
		*p = piece{kind: textPiece, raw: raw, text: value, from: p.raw}
	}
	im.recode(ps, it)
	when = join(ps)
	if asked {
		return when, true, true
	}
	program, err := expr.Compile(when, expr.Boolean, nobody{})
	if err != nil {
		im.fail(at, "choice_filter cannot be carried: "+err.Error(), "")
		return "", false, false
	}
	return "", program.Boolean(nil), true
}

// nobody is a scope without names.
type nobody struct{}

func (nobody) Lookup(name string) (expr.Variable, error) {
	return expr.Variable{}, &expr.Error{Message: "there is no question " + name}
}

// choiceColumn returns what a choice has in a column that a choice_filter names.
func (im *importer) choiceColumn(r row, word string) (value string, found bool) {
	name := strings.ToLower(word)
	for _, c := range im.choices.columns {
		if c.name == name && (!c.known || name == "name" || name == "list_name") {
			im.needed[c.name] = true
			if v := r.cell(c.index); v != "" {
				return v, true
			}
			found = true
		}
	}
	return "", found
}

// ownConditions reports whether a list has the product's own conditions.
func (im *importer) ownConditions(l *list) bool {
	return slices.ContainsFunc(l.choices, func(c *choice) bool {
		when, _ := im.choices.get(c.row, "otklik::when")
		return when != ""
	})
}

func (im *importer) conditionsOf(l *list) (names, conditions []string) {
	for _, c := range l.choices {
		when, _ := im.choices.get(c.row, "otklik::when")
		names, conditions = append(names, c.name), append(conditions, when)
	}
	return names, conditions
}

// filterOf writes the choice_filter that offers each choice under its condition, for programs that do not know the column
// otklik::when.
func filterOf(names, conditions []string) string {
	var parts []string
	for i, when := range conditions {
		if when != "" {
			parts = append(parts, fmt.Sprintf("(name != '%s' or (%s))", names[i], when))
		}
	}
	return strings.Join(parts, " and ")
}

// addOther adds the choice "other" that or_other asks for, and returns the question behind it.
func (im *importer) addOther(it *item, choices *node) *node {
	if !slices.ContainsFunc(choices.list, func(n *node) bool { return n.get("code").text == otherCode }) {
		c := &node{from: it.at}
		c.set("code", text(it.at, otherCode))
		c.set("text", im.said(it.at, otherWord))
		choices.list = append(choices.list, c)
	}
	q := &node{from: it.at}
	q.set("code", text(it.at, it.other))
	q.set("kind", text(it.at, string(surveys.ShortText)))
	q.set("text", im.said(it.at, specifyWord))
	q.set("relevance", text(it.at, fmt.Sprintf("selected(${%s}, '%s')", it.ref, otherCode)))
	return q
}

// otherCode is the choice that or_other adds; it stays last in a random order.
const otherCode = "other"

// Words that or_other puts into a form.
var (
	otherWord   = map[string]string{"ru": "Другое", "tt": "Башка", "en": "Other"}
	specifyWord = map[string]string{"ru": "Уточните, пожалуйста", "tt": "Төгәлләп языгыз", "en": "Please specify"}
)

// said returns a text of the product's own in the languages of the form; one that it does not have is in English.
func (im *importer) said(at origin, words map[string]string) *node {
	n := &node{from: at}
	for _, code := range im.languages {
		w := words[code]
		if w == "" {
			w = words["en"]
			im.warn(at, fmt.Sprintf("«%s» has no translation into %s", w, languageName(code)), "the choice and its question written out in the form")
		}
		n.set(code, text(at, w))
	}
	return n
}

// truth sets a key to true for a yes; a no is what is usual and leaves it out.
func (im *importer) truth(n *node, key, cell string, at origin) {
	switch {
	case isYes(cell):
		n.set(key, plain(at, "true"))
	case !isNo(cell):
		im.fail(at, fmt.Sprintf("%s is %s", at.header, quote(cell)), "yes or no")
	}
}

// number sets a key to a number.
func (im *importer) number(n *node, key, cell string, at origin) {
	if v, err := strconv.ParseFloat(cell, 64); err == nil && numberShape.MatchString(cell) {
		n.set(key, plain(at, decimal(v)))
		return
	}
	im.fail(at, fmt.Sprintf("%s is %s", at.header, quote(cell)), "a number such as 12 or 0.5")
}
