package xlsform

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"otklik/surveys"
)

// item is one row of the sheet survey that does something: a question, or a group with what is in it.
type item struct {
	row      row
	at       origin // of its type
	typ      typeCell
	name     string
	nameAt   origin
	code     string
	ref      string // how expressions and texts name it; "" when they cannot
	kind     surveys.QuestionKind
	looks    []string // the words of its appearance
	params   map[string]string
	choices  *list
	codes    map[string]string // of the answers, by what the form calls them
	other    string            // the code of the question that or_other adds
	children []*item           // of a group
	rows     []*item           // of a group that is a matrix
	heading  *item             // the row of a matrix that has its text, if it is not the group
	group    bool
}

// readItems reads the rows of the sheet survey, and gives all questions their codes and kinds.
func (im *importer) readItems() {
	named := im.readNames()
	root := &item{group: true}
	open := []*item{root}
	for _, r := range im.survey.rows {
		it := im.readItem(r)
		if it == nil {
			continue
		}
		top := open[len(open)-1]
		switch name := it.typ.name; {
		case it.group:
			top.children = append(top.children, it)
			open = append(open, it)
		case strings.HasPrefix(name, "end_"):
			begun := strings.TrimPrefix(name, "end_")
			im.only(it, "the end of a "+begun+" has none")
			if len(open) == 1 || strings.TrimPrefix(top.typ.name, "begin_") != begun {
				im.fail(it.at, fmt.Sprintf("this ends a %s that was not begun, or another one is still open", begun), "begin_"+begun+" before it")
				continue
			}
			open = open[:len(open)-1]
		default:
			top.children = append(top.children, it)
		}
	}
	for _, it := range open[1:] {
		im.fail(it.at, fmt.Sprintf("the %s is begun and never ended", strings.TrimPrefix(it.typ.name, "begin_")), "end_"+strings.TrimPrefix(it.typ.name, "begin_")+" behind its last row")
	}
	im.items = root.children
	im.giveCodes(root)
	im.standIns(named)
}

// readNames returns the names that expressions and texts of the form use.
func (im *importer) readNames() map[string]bool {
	named := map[string]bool{}
	for _, t := range []*table{im.survey, im.choices, im.settings, im.audiences, im.quotas} {
		for _, r := range t.rows {
			for _, cell := range r.cells {
				for _, m := range pipes.FindAllStringSubmatch(cell, -1) {
					named[m[1]] = true
				}
			}
		}
	}
	return named
}

// readItem reads one row; nil when it does nothing.
func (im *importer) readItem(r row) *item {
	typ, at := im.survey.get(r, "type")
	name, nameAt := im.survey.get(r, "name")
	if disabled, at := im.survey.get(r, "disabled"); isYes(disabled) {
		im.warn(at, "the row is disabled and left out", "")
		return nil
	}
	if typ == "" {
		for _, c := range im.survey.columns {
			if c.known && c.spec.fate == carried && r.cell(c.index) != "" {
				im.fail(origin{sheet: im.survey.name, row: r.number}, "the row has no type", "a type such as text, or nothing in the whole row")
				break
			}
		}
		return nil
	}
	it := &item{row: r, at: at, typ: parseType(typ), name: name, nameAt: nameAt}
	spec := it.typ.spec
	it.kind = spec.kind
	it.looks = im.appearance(it)
	if it.typ.name == "image" && slices.Contains(it.looks, "signature") {
		it.typ.name, it.typ.spec = "signature", types["signature"]
		spec, it.kind = it.typ.spec, surveys.Signature
	}
	it.group = strings.HasPrefix(it.typ.name, "begin_")
	switch {
	case !it.typ.known:
		im.fail(at, "there is no type "+quote(typ), "a type of XLSForm such as text, integer, select_one LIST or begin_group")
		return nil
	case spec.role == impossible:
		if !strings.HasPrefix(it.typ.name, "end_") {
			im.fail(at, "the type "+quote(typ)+" cannot be carried", spec.why)
		}
		if !it.group && !strings.HasPrefix(it.typ.name, "end_") {
			im.placeholder(it)
			return nil
		}
	case spec.list:
		im.pickList(it)
	case it.typ.name == "acknowledge":
		it.codes = map[string]string{"OK": surveys.Yes, "ok": surveys.Yes}
	}
	im.readParameters(it)
	im.pickKind(it)
	return it
}

// placeholder keeps the name of a row that is reported already, so that what names it is not reported, too.
func (im *importer) placeholder(it *item) {
	if it.name != "" && im.named[it.name] == nil {
		im.named[it.name] = it
	}
}

func (im *importer) pickList(it *item) {
	it.choices = im.lists[it.typ.list]
	if it.choices != nil {
		it.codes, it.choices.used = it.choices.codes, true
		return
	}
	expected := "a list_name of the sheet choices"
	if strings.HasPrefix(it.typ.list, "${") {
		expected = "a list of the sheet choices; answers to a repeat cannot be choices"
	} else if close := slices.Sorted(maps.Keys(im.lists)); len(close) > 0 {
		expected += ": " + strings.Join(close[:min(len(close), 12)], ", ")
	}
	im.fail(it.at, "there is no list "+quote(it.typ.list), expected)
	it.choices = &list{name: it.typ.list, codes: map[string]string{}}
}

// pickKind decides how a question is asked.
func (im *importer) pickKind(it *item) {
	if it.typ.spec.role != asks {
		return
	}
	if it.typ.name == "hidden" {
		im.pickHidden(it)
		return
	}
	s := shape{typ: it.typ.name, appearance: it.looks}
	if it.choices != nil {
		s.choices, s.pictures = len(it.choices.codes), it.choices.pictures()
	}
	s.rating = it.params["start"] == "1" && it.params["end"] == "5" && (it.params["step"] == "1" || it.params["step"] == "")
	it.kind = s.kind()
	if it.kind == surveys.Dropdown && s.choices > maxTiles && !slices.Contains(it.looks, "minimal") {
		im.warn(it.at, fmt.Sprintf("%d choices do not fit the screen; they are shown as a list with a search field", s.choices), "")
	}
	cell, at := im.survey.get(it.row, "otklik::kind")
	if cell == "" {
		return
	}
	kind := surveys.QuestionKind(cell)
	if kind != it.typ.spec.kind && !slices.Contains(it.typ.spec.also, kind) {
		words := []string{string(it.typ.spec.kind)}
		for _, k := range it.typ.spec.also {
			words = append(words, string(k))
		}
		im.fail(at, fmt.Sprintf("the type %s cannot be asked as %s", it.typ.name, quote(cell)), "one of "+strings.Join(words, ", "))
		return
	}
	it.kind = kind
	if kind == surveys.YesNo && it.choices != nil {
		it.codes = map[string]string{"yes": surveys.Yes, "no": surveys.No}
	}
}

// giveCodes gives every question and matrix a code; the names that fit are taken first.
func (im *importer) giveCodes(root *item) {
	im.coder = coder{letter: "q", taken: map[string]bool{}}
	c := &im.coder
	var all []*item
	var walk func(parent *item)
	walk = func(parent *item) {
		for _, it := range parent.children {
			if it.group {
				im.findMatrix(it)
			}
			all = append(all, it)
			walk(it)
		}
	}
	walk(root)
	counts := func(it *item) bool { return it.typ.spec.role == asks && !it.group || it.rows != nil }
	for _, it := range all {
		if it.name == "" && counts(it) && it.kind == surveys.Information {
			it.name = fmt.Sprintf("note_%d", it.row.number)
		}
		switch {
		case it.name == "" && counts(it):
			im.fail(it.at, "the row has no name", "a name of its own in the column name")
		case it.name != "" && (counts(it) || it.typ.spec.role == records) && im.named[it.name] != nil:
			im.fail(it.nameAt, fmt.Sprintf("the name %s is taken by row %d", quote(it.name), im.named[it.name].row.number), "a name of its own")
		case it.name != "" && (counts(it) || it.typ.spec.role == records):
			im.named[it.name] = it
			if fitsCode(it.name) {
				c.taken[it.name] = true
			}
		}
	}
	inMatrix := map[*item]*item{}
	for _, it := range all {
		for _, r := range it.rows {
			inMatrix[r] = it
		}
	}
	for _, it := range all {
		if !counts(it) || it.name == "" {
			continue
		}
		if m := inMatrix[it]; m != nil {
			it.code = it.name
			if short, ok := strings.CutPrefix(it.name, m.name+"-"); ok {
				it.code = short
			}
			rows := coder{letter: "r", taken: map[string]bool{}}
			it.code = rows.code(it.code, it.row.number)
			it.ref = m.code + "-" + it.code
			if it.code != it.name && it.ref != it.name {
				im.warn(it.nameAt, fmt.Sprintf("the row %s has the code %s", quote(it.name), it.code), "")
			}
			continue
		}
		if it.code = c.code(it.name, it.row.number); it.code != it.name {
			im.warn(it.nameAt, fmt.Sprintf("the question %s has the code %s", quote(it.name), it.code), "")
		}
		if it.rows == nil {
			it.ref = it.code
		}
	}
	for _, it := range all {
		if it.typ.other {
			it.other = c.code(it.code[:min(len(it.code), maxCode-len("_other"))]+"_other", it.row.number)
		}
	}
}

// standIns turns recorded values that the form names into questions without a screen, and says of the others what becomes of
// them.
func (im *importer) standIns(named map[string]bool) {
	var walk func(items []*item)
	walk = func(items []*item) {
		for _, it := range items {
			walk(it.children)
			if it.typ.spec.role != records {
				continue
			}
			im.only(it, "it has no meaning for the type "+it.typ.name, "parameters", "relevant")
			spec := it.typ.spec
			switch {
			case !named[it.name] || it.name == "":
				im.warn(it.at, fmt.Sprintf("the type %s asks nothing: %s", it.typ.name, spec.why), "")
			case spec.value == "":
				im.fail(it.at, fmt.Sprintf("%s is named by the form, and its value is not known while the form is filled in", quote(it.name)), "no ${"+it.name+"}; "+spec.why)
			default:
				it.code = im.coder.code(it.name, it.row.number)
				it.ref = it.code
				it.kind = surveys.Calculated
				if strings.HasPrefix(spec.value, "$") {
					it.kind = surveys.Hidden
				}
			}
		}
	}
	walk(im.items)
}
