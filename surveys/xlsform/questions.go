package xlsform

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"otklik/surveys"
)

// questionKeys are the keys of a question in the order in which they are written.
var questionKeys = []string{
	"code", "kind", "text", "hint", "image", "required", "required_message", "decline", "relevance", "source", "calculation",
	"group", "reversed", "levels", "low", "high", "min", "max", "step", "decimals", "max_length", "default", "constraint",
	"constraint_message", "consent", "scale", "rows", "choices", "order", "top", "correct", "points", "time_limit",
}

// ownColumns are the product's own columns that become a key as they are.
var ownColumns = []own{
	{"otklik::group", "group", (*importer).number},
	{"otklik::reversed", "reversed", (*importer).truth},
	{"otklik::decline", "decline", (*importer).truth},
	{"otklik::levels", "levels", (*importer).number},
	{"otklik::decimals", "decimals", (*importer).number},
	{"otklik::max_length", "max_length", (*importer).number},
	{"otklik::top", "top", (*importer).number},
	{"otklik::points", "points", (*importer).number},
	{"otklik::time_limit", "time_limit", (*importer).number},
}

// ownTexts are those that are translated.
var ownTexts = []string{"low", "high"}

// question returns a question as YAML.
func (im *importer) question(it *item) *node {
	n := &node{from: it.nameAt}
	n.set("code", text(it.nameAt, it.code))
	at := it.at
	if _, given := im.survey.get(it.row, "otklik::kind"); given.column > 0 {
		at = given
	}
	n.set("kind", text(at, string(it.kind)))
	im.label(n, it)
	im.picture(n, it)
	if it.kind.Traits().HasScreen {
		im.asked(n, it)
	} else {
		im.leaveOut(it, "it has no meaning for the type "+it.typ.name, "hint", "required", "required_message", "constraint", "constraint_message")
	}
	im.condition(n, it, "relevant", "relevance")
	if it.typ.spec.role != records {
		im.condition(n, it, "calculation", "calculation")
	}
	im.take(n, im.survey, it.row, ownColumns)
	for _, key := range ownTexts {
		if t := im.texts(im.survey, it.row, "otklik::"+key, true); t != nil {
			n.set(key, t)
		}
	}
	if write := writers[it.kind]; write != nil {
		write(im, n, it)
	}
	im.value(n, it, "default")
	im.correct(n, it)
	im.misplaced(it)
	if it.choices == nil {
		if cell, at := im.survey.get(it.row, "choice_filter"); cell != "" {
			im.fail(at, "choice_filter does not belong to the type "+it.typ.name, "choice_filter on select_one, select_multiple and rank")
		}
	}
	return n
}

// picture sets the picture of a question, which is the same in every language.
func (im *importer) picture(n *node, it *item) {
	image, at := im.survey.get(it.row, "media::image")
	if image == "" || !slices.Contains(columnsOfSome["media::image"], it.kind) {
		return
	}
	n.set("image", text(at, image))
	for _, c := range im.survey.columns {
		if cell := it.row.cell(c.index); c.name == "media::image" && cell != "" && cell != image {
			im.fail(im.survey.origin(it.row, c), "the question "+quote(it.name)+" has another picture in another language", "one picture, or words instead of it")
		}
	}
}

// label sets the text. What is never shown is called by its name when it has no label.
func (im *importer) label(n *node, it *item) {
	if t := im.texts(im.survey, it.row, "label", true); t != nil {
		n.set("text", t)
		return
	}
	if it.kind.Traits().HasScreen {
		im.fail(origin{sheet: im.survey.name, row: it.row.number}, "the question "+quote(it.name)+" has no label", "what the visitor is asked, in the column label")
	}
	t := &node{from: it.nameAt}
	for _, code := range im.languages {
		t.set(code, text(it.nameAt, it.name))
	}
	n.set("text", t)
}

// asked sets what a question that is shown has.
func (im *importer) asked(n *node, it *item) {
	if t := im.texts(im.survey, it.row, "hint", true); t != nil {
		n.set("hint", t)
	}
	cell, at := im.survey.get(it.row, "required")
	switch {
	case isYes(cell):
		n.set("required", plain(at, "true"))
	case cell != "" && !isNo(cell):
		im.fail(at, "required is the condition "+quote(cell), "yes or no; two questions with relevant, one of them required, do the same")
	}
	im.condition(n, it, "constraint", "constraint")
	for _, pair := range [][2]string{{"required_message", "required"}, {"constraint_message", "constraint"}} {
		t := im.texts(im.survey, it.row, pair[0], false)
		switch {
		case t == nil:
		case n.has(pair[1]):
			n.set(pair[0], t)
		default:
			im.warn(t.from, fmt.Sprintf("%s is left out: the question has no %s", pair[0], pair[1]), "")
		}
	}
}

func (im *importer) condition(n *node, it *item, column, key string) {
	if cell, at := im.survey.get(it.row, column); cell != "" {
		n.set(key, text(at, im.rewrite(cell, it)))
	}
}

// columnsOfSome are columns that say something of a few kinds only, and are never read elsewhere.
var columnsOfSome = map[string][]surveys.QuestionKind{
	"otklik::min":     {surveys.NumberEntry, surveys.Date, surveys.Time, surveys.DateTime},
	"otklik::max":     {surveys.NumberEntry, surveys.Date, surveys.Time, surveys.DateTime},
	"otklik::source":  {surveys.Hidden},
	"otklik::version": {surveys.Consent}, "otklik::purpose": {surveys.Consent}, "otklik::term": {surveys.Consent},
	"otklik::statement": {surveys.Consent}, "otklik::pick": nil, "otklik::order": nil, "otklik::scale": nil,
	"media::image": slices.DeleteFunc(slices.Clone(surveys.QuestionKinds), func(k surveys.QuestionKind) bool {
		return slices.Contains([]surveys.QuestionKind{
			surveys.Matrix, surveys.Consent, surveys.Signature, surveys.Calculated, surveys.Hidden,
		}, k)
	}),
}

// misplaced says which of those columns have no meaning for a question.
func (im *importer) misplaced(it *item) {
	for column, kinds := range columnsOfSome {
		if !slices.Contains(kinds, it.kind) {
			im.leaveOut(it, "it has no meaning for a question of the kind "+string(it.kind), column)
		}
	}
}

// only says which columns of a row are left out: all but some, of those that are carried elsewhere.
func (im *importer) only(it *item, why string, columns ...string) {
	for name, spec := range surveyColumns {
		if spec.fate == carried && !slices.Contains(columns, name) && !slices.Contains([]string{"type", "name", "label", "appearance", "disabled"}, name) {
			im.leaveOut(it, why, name)
		}
	}
}

// leaveOut says that some columns have no meaning in a row.
func (im *importer) leaveOut(it *item, why string, columns ...string) {
	for _, c := range im.survey.columns {
		if slices.Contains(columns, c.name) && it.row.cell(c.index) != "" && !(c.name == "required" && isNo(it.row.cell(c.index))) {
			im.warn(im.survey.origin(it.row, c), c.name+" is left out: "+why, "")
		}
	}
}

// writers set the keys that one kind has.
var writers = map[surveys.QuestionKind]func(*importer, *node, *item){
	surveys.SingleChoice: (*importer).chosen, surveys.MultipleChoice: (*importer).chosen, surveys.PictureChoice: (*importer).chosen,
	surveys.Dropdown: (*importer).chosen, surveys.Ranking: (*importer).chosen,
	surveys.Smiley: (*importer).rated, surveys.Stars: (*importer).rated, surveys.NPS: (*importer).rated, surveys.Agreement: (*importer).rated,
	surveys.Slider: (*importer).slid, surveys.NumberEntry: (*importer).typed, surveys.Date: (*importer).dated, surveys.Time: (*importer).dated,
	surveys.DateTime: (*importer).dated,
	surveys.YesNo:    (*importer).agreed, surveys.Consent: (*importer).consented, surveys.Hidden: (*importer).hidden,
	surveys.Calculated: (*importer).calculated,
}

func (im *importer) chosen(n *node, it *item) {
	if c := im.choicesNode(it); c != nil {
		n.set("choices", c)
	}
	im.random(n, it)
}

func (im *importer) rated(n *node, it *item) { im.measure(n, it) }

func (im *importer) slid(n *node, it *item) { im.slide(n, it) }

// typed sets the bounds of a number: those of the product's own columns, or those that its constraint says.
func (im *importer) typed(n *node, it *item) {
	constraint, _ := im.survey.get(it.row, "constraint")
	integer := it.typ.name != "decimal"
	b := boundsOf(straighten(constraint), integer)
	if it.typ.name == "percentage" {
		lowest, highest := 0.0, 100.0
		b = bounds{&lowest, &highest}
	}
	for _, bound := range []struct {
		key   string
		value *float64
	}{{"min", b.min}, {"max", b.max}} {
		if cell, at := im.survey.get(it.row, "otklik::"+bound.key); cell != "" {
			im.number(n, bound.key, cell, at)
		} else if bound.value != nil {
			n.set(bound.key, plain(at, decimal(*bound.value)))
		}
	}
	im.dropGenerated(n, it)
	if !n.has("min") {
		im.unbounded = append(im.unbounded, it.name)
	}
	if !integer && !n.has("decimals") {
		n.set("decimals", plain(it.at, itoa(maxDecimals)))
	}
}

// maxDecimals is how many decimal places a number can have.
const maxDecimals = 6

func (im *importer) dated(n *node, it *item) {
	im.take(n, im.survey, it.row, []own{{"otklik::min", "min", asMinute}, {"otklik::max", "max", asMinute}})
	im.dropGenerated(n, it)
}

// dropGenerated takes a constraint away that only says for other programs what the product's own columns say.
func (im *importer) dropGenerated(n *node, it *item) {
	lowest, _ := im.survey.get(it.row, "otklik::min")
	highest, _ := im.survey.get(it.row, "otklik::max")
	if c := n.get("constraint"); c != nil && c.text == boundsConstraint(it.kind, lowest, highest) && !n.has("constraint_message") {
		i := slices.Index(n.keys, "constraint")
		n.keys, n.values = slices.Delete(n.keys, i, i+1), slices.Delete(n.values, i, i+1)
	}
}

// boundsConstraint writes bounds as a constraint; "" when there are none, or no type of XLSForm can compare them.
func boundsConstraint(kind surveys.QuestionKind, lowest, highest string) string {
	form := map[surveys.QuestionKind]string{surveys.NumberEntry: "%s", surveys.Date: "date('%s')"}[kind]
	if form == "" {
		return ""
	}
	var parts []string
	if lowest != "" {
		parts = append(parts, ". >= "+fmt.Sprintf(form, lowest))
	}
	if highest != "" {
		parts = append(parts, ". <= "+fmt.Sprintf(form, highest))
	}
	return strings.Join(parts, " and ")
}

// agreed asks an acknowledgement as yes or no; a required one must be yes.
func (im *importer) agreed(n *node, it *item) {
	if it.typ.name != "acknowledge" {
		return
	}
	im.warn(it.at, "an acknowledgement is asked as yes or no", "")
	if r := n.get("required"); r != nil && !n.has("constraint") {
		n.set("constraint", text(r.from, ". = '"+surveys.Yes+"'"))
		if m := n.get("required_message"); m != nil {
			n.set("constraint_message", m)
		}
	}
}

func (im *importer) consented(n *node, it *item) {
	c := &node{from: it.at}
	im.take(c, im.survey, it.row, []own{{"otklik::version", "version", asWord}})
	for _, key := range []string{"purpose", "term", "statement"} {
		if t := im.texts(im.survey, it.row, "otklik::"+key, false); t != nil {
			c.set(key, t)
		}
	}
	if len(c.keys) == 0 {
		im.fail(it.at, "a consent says nothing of its terms", "the columns otklik::version, otklik::purpose and otklik::term")
		return
	}
	n.set("consent", c)
}

// pickHidden finds out what a hidden value is: one that the terminal knows, or one that the form gives.
func (im *importer) pickHidden(it *item) {
	source, at := im.survey.get(it.row, "otklik::source")
	calculation, _ := im.survey.get(it.row, "calculation")
	value, _ := im.survey.get(it.row, "default")
	if source == "" {
		source, at = it.name, it.nameAt
	}
	switch {
	case slices.Contains(surveys.HiddenSources, source) || at.header == "otklik::source":
		it.kind = surveys.Hidden
	case calculation != "" || value != "":
		it.kind = surveys.Calculated
	default:
		im.fail(it.nameAt, "nothing says where the hidden value "+quote(it.name)+" comes from",
			"a default, a calculation, or one of "+strings.Join(surveys.HiddenSources, ", ")+" in the column otklik::source")
	}
}

func (im *importer) hidden(n *node, it *item) {
	source, at := im.survey.get(it.row, "otklik::source")
	switch {
	case it.typ.spec.role == records:
		source, at = strings.TrimPrefix(it.typ.spec.value, "$"), it.at
	case source == "":
		source, at = it.name, it.nameAt
	}
	n.set("source", text(at, source))
}

func (im *importer) calculated(n *node, it *item) {
	if it.typ.spec.role == records {
		n.set("calculation", text(it.at, it.typ.spec.value))
		return
	}
	if value, at := im.survey.get(it.row, "default"); it.typ.name == "hidden" && !n.has("calculation") {
		if raw, ok := quoteText(value); ok {
			n.set("calculation", text(at, raw))
		} else {
			im.fail(at, "the default has both kinds of quotes", "one kind of quotes")
		}
	}
	if !n.has("calculation") {
		im.fail(it.at, "the calculate "+quote(it.name)+" has no calculation", "an expression in the column calculation")
	}
}

// computed is what a default looks like that is no value.
var computed = regexp.MustCompile(`\$\{|^[a-z-]+\(.*\)$`)

// value sets a key to the answer that a cell says.
func (im *importer) value(n *node, it *item, column string) {
	cell, at := im.survey.get(it.row, column)
	switch {
	case cell == "" || it.kind == surveys.Calculated && it.typ.name == "hidden":
	case computed.MatchString(cell):
		im.fail(at, "the default "+quote(cell)+" is computed", "a value; what is computed is a calculate")
	default:
		n.set(column, im.answer(it, cell, at))
	}
}

// answer returns an answer as YAML.
func (im *importer) answer(it *item, cell string, at origin) *node {
	traits := it.kind.Traits()
	code := func(name string) *node {
		if code, ok := it.codes[name]; ok {
			name = code
		}
		return text(at, name)
	}
	switch {
	case traits.List:
		l := &node{from: at, inline: true}
		for _, name := range strings.Fields(cell) {
			l.list = append(l.list, code(name))
		}
		return l
	case traits.Numeric && numberShape.MatchString(cell):
		return plain(at, cell)
	case it.codes != nil:
		return code(cell)
	case it.kind == surveys.Time || it.kind == surveys.DateTime:
		return text(at, wholeMinute(cell))
	}
	return text(at, cell)
}

// minuteShape is a time of day or a moment on the full minute, as Excel and XLSForm write it.
var minuteShape = regexp.MustCompile(`^(?:(\d{4}-\d\d-\d\d)[T ])?(\d\d:\d\d):00(?:\.0+)?$`)

// wholeMinute cuts the seconds off, when there are none: times are asked to the minute.
func wholeMinute(cell string) string {
	if m := minuteShape.FindStringSubmatch(cell); m != nil {
		return strings.TrimPrefix(m[1]+"T"+m[2], "T")
	}
	return cell
}

// correct sets the right answers, one a line.
func (im *importer) correct(n *node, it *item) {
	cell, at := im.survey.get(it.row, "otklik::correct")
	if cell == "" {
		return
	}
	lines := strings.Split(strings.ReplaceAll(cell, "\r\n", "\n"), "\n")
	if len(lines) == 1 || it.kind.Traits().List {
		n.set("correct", im.answer(it, unescaped.Replace(cell), at))
		return
	}
	l := &node{from: at, inline: true}
	for _, line := range lines {
		l.list = append(l.list, im.answer(it, unescaped.Replace(strings.TrimSpace(line)), at))
	}
	n.set("correct", l)
}

// In otklik::correct, whose lines are alternatives, a line end inside of a text is \n.
var (
	escaped   = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	unescaped = strings.NewReplacer(`\\`, `\`, `\n`, "\n")
)
