package xlsform

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"otklik/surveys"
)

// Import reads an Excel form (.xlsx) and returns it as the YAML source of a survey, which surveys.Load accepts. name is the
// file's name for messages, and the form's when it has no form_id. warnings name what the survey has otherwise than the
// form, or not at all; the error, always of the type Problems, names everything that cannot be carried at once. The bounds
// MaxFileBytes and those beside it keep a hostile file from using up memory.
func Import(name string, r io.Reader) (yaml []byte, warnings []Problem, err error) {
	im := &importer{file: name, needed: map[string]bool{}, named: map[string]*item{}}
	sheets, problems := readWorkbook(name, r)
	if im.problems = problems; len(problems) == 0 {
		yaml = im.read(sheets)
	}
	order := make([]string, len(sheets)+1)
	for i, s := range sheets {
		order[i+1] = s.name
	}
	im.warnings = im.warnings.sorted(order)
	if len(im.problems) > 0 {
		return nil, im.warnings, im.problems.sorted(order)
	}
	return yaml, im.warnings, nil
}

// importer reads one form. Its methods report what is wrong and go on, so that everything is found in one go.
type importer struct {
	file      string
	problems  Problems
	warnings  Problems
	survey    *table
	choices   *table
	settings  *table
	audiences *table
	quotas    *table
	openings  *table
	languages []string
	lists     map[string]*list
	items     []*item          // all rows of the sheet survey that do something
	named     map[string]*item // those with a name
	coder     coder            // of questions
	needed    map[string]bool  // columns of choices that a choice_filter names
	gaps      []gap
	unbounded []string // numbers of which the form does not say that they are not negative
}

func (im *importer) fail(at origin, message, wayOut string) {
	im.problems = append(im.problems, at.problem(im.file, message, wayOut))
}

func (im *importer) warn(at origin, message, wayOut string) {
	im.warnings = append(im.warnings, at.problem(im.file, message, wayOut))
}

// The sheets by their names in lower case.
const (
	surveySheet    = "survey"
	choicesSheet   = "choices"
	settingsSheet  = "settings"
	audiencesSheet = "otklik_audiences"
	quotasSheet    = "otklik_quotas"
	openingsSheet  = "otklik_openings"
)

var refusedSheets = map[string]string{
	"external_choices": noFile, "entities": "no entities; responses are the only thing that is stored", "osm": noPlace,
}

func (im *importer) read(sheets []*sheet) []byte {
	found := map[string]*sheet{}
	for _, s := range sheets {
		key := strings.ToLower(strings.TrimSpace(s.name))
		if len(sheets) == 1 {
			key = surveySheet // of a workbook with one sheet the name does not matter
		}
		switch why, refused := refusedSheets[key]; {
		case refused && len(s.rows) > 0:
			im.fail(origin{sheet: s.name}, "the sheet "+quote(s.name)+" cannot be carried", why)
		case refused || s.header.number == 0 || strings.HasPrefix(key, "_"):
		case found[key] != nil:
			im.fail(origin{sheet: s.name}, "there are two sheets "+key, "one of them")
		case slices.Contains([]string{surveySheet, choicesSheet, settingsSheet, audiencesSheet, quotasSheet, openingsSheet}, key):
			found[key] = s
		default:
			im.warn(origin{sheet: s.name}, "the sheet "+quote(s.name)+" is unknown and left out", "the sheets survey, choices and settings")
		}
	}
	if found[surveySheet] == nil {
		im.fail(origin{}, "the workbook has no sheet survey with contents", "a sheet survey with the columns type, name and label")
		return nil
	}
	im.survey = im.newTable(found[surveySheet], surveyColumns)
	im.choices = im.newTable(found[choicesSheet], choicesColumns)
	im.settings = im.newTable(found[settingsSheet], settingsColumns)
	im.audiences = im.newTable(found[audiencesSheet], audienceColumns)
	im.quotas = im.newTable(found[quotasSheet], quotaColumns)
	im.openings = im.newTable(found[openingsSheet], openingColumns)
	unread := len(im.problems)
	for _, name := range []string{"type", "name"} {
		if !slices.ContainsFunc(im.survey.columns, func(c column) bool { return c.name == name }) {
			im.fail(origin{sheet: im.survey.name, row: im.survey.header.number}, "the sheet survey has no column "+name, "the columns type, name and label")
		}
	}
	if len(im.problems) > unread {
		return nil
	}
	named, at := im.setting("default_language")
	tables := []*table{im.survey, im.choices, im.settings, im.audiences}
	im.findLanguages(tables, named, at)
	root := im.build()
	for _, t := range append(tables, im.quotas, im.openings) {
		im.review(t, im.needed)
	}
	im.reportGaps()
	im.reportLists()
	if len(im.problems) > 0 {
		return nil
	}
	return im.write(root)
}

// build returns the survey.
func (im *importer) build() *node {
	im.readLists()
	im.readItems()
	root := &node{}
	im.writeSettings(root)
	pages := im.pages()
	im.writeAudiences(root)
	root.set("pages", pages)
	if len(pages.list) == 0 && len(im.problems) == 0 {
		im.fail(origin{sheet: im.survey.name}, "the form asks nothing", "a row with a type such as text or select_one")
	}
	if len(im.unbounded) > 0 {
		im.warn(origin{sheet: im.survey.name}, "a number goes from 0 upwards, unless its constraint lets it be negative: "+strings.Join(im.unbounded, ", "),
			"a constraint such as . >= -50, if it can be negative")
	}
	root.arrange(surveyKeys)
	return root
}

var surveyKeys = []string{
	"id", "number", "kind", "languages", "title", "invitation", "thanks", "anonymous", "partial", "sample", "schedule", "test",
	"audiences", "quotas", "pages",
}

// write writes the survey and loads it; what is wrong with it is reported where it comes from.
func (im *importer) write(root *node) []byte {
	w := &writer{}
	w.comment("yaml-language-server: $schema=schema.json", "", "Imported from "+scalar(filepath.Base(im.file))+".")
	w.mapping(root, 0, "")
	source := []byte(w.b.String())
	_, err := surveys.Load(im.file, source)
	var problems surveys.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			im.translate(w, p)
		}
		return nil
	}
	return source
}

var inLine = regexp.MustCompile(`in line (\d+)`)

// translate reports a problem of the source where it comes from in the form.
func (im *importer) translate(w *writer, p surveys.Problem) {
	from := func(line int) origin {
		for i := min(line, len(w.origins)) - 1; i >= 0; i-- {
			if w.origins[i] != (origin{}) {
				return w.origins[i]
			}
		}
		return origin{}
	}
	message := inLine.ReplaceAllStringFunc(p.Message, func(found string) string {
		line := 0
		fmt.Sscanf(found, "in line %d", &line)
		return "in " + from(line).problem("", "", "").Cell()
	})
	if m := noFunction.FindStringSubmatch(message); m != nil && functions[m[1]] != "" {
		p.Expected = functions[m[1]]
	}
	at := from(p.Line)
	if p.Line <= 1 {
		at = origin{}
	}
	im.fail(at, message, p.Expected)
}

// texts returns what a row says in a translated column, in every language of the form; nil when it says nothing. What it
// does not say in one of them is reported. Where pipes is set, names of questions in it become codes.
func (im *importer) texts(t *table, r row, name string, pipes bool) *node {
	said, at := map[string]string{}, map[string]origin{}
	places := map[string]origin{}
	first := origin{}
	for _, c := range t.columns {
		if c.name != name {
			continue
		}
		here := t.origin(r, c)
		if _, known := places[c.code]; !known {
			places[c.code] = here
		}
		if cell := r.cell(c.index); cell != "" {
			if first == (origin{}) {
				first = here
			}
			if markup.MatchString(cell) {
				im.warn(here, "marks such as ** or <b> are shown as they stand", "plain text")
			}
			if pipes {
				cell = im.repeat(cell)
			}
			said[c.code], at[c.code] = strings.ReplaceAll(strings.ReplaceAll(cell, "\r\n", "\n"), "\r", "\n"), here
		}
	}
	if len(said) == 0 {
		return nil
	}
	n := &node{from: first}
	for _, code := range im.languages {
		if said[code] == "" {
			place, ok := places[code]
			if !ok {
				place = first
			}
			im.gaps = append(im.gaps, gap{place, name, code})
			said[code], at[code] = said[slices.Sorted(maps.Keys(said))[0]], first
		}
		n.set(code, text(at[code], said[code]))
	}
	return n
}

// gap is a text that one of the languages does not have.
type gap struct {
	at         origin
	name, code string
}

// reportGaps reports the texts that are missing, those of one column together.
func (im *importer) reportGaps() {
	const most = 12
	slices.SortStableFunc(im.gaps, func(a, b gap) int { return a.at.row - b.at.row })
	im.gaps = slices.Compact(im.gaps)
	for i, g := range im.gaps {
		same := func(o gap) bool { return o.name == g.name && o.code == g.code && o.at.sheet == g.at.sheet }
		if slices.ContainsFunc(im.gaps[:i], same) {
			continue
		}
		var rows []string
		for _, o := range im.gaps[i+1:] {
			if same(o) {
				rows = append(rows, itoa(o.at.row))
			}
		}
		also := ""
		if more := len(rows) - most; more > 0 {
			rows, also = rows[:most], fmt.Sprintf(" and %d more", more)
		}
		if len(rows) == 1 {
			also = ", nor in row " + rows[0]
		} else if len(rows) > 0 {
			also = ", nor in the rows " + strings.Join(rows, ", ") + also
		}
		im.fail(g.at, fmt.Sprintf("%s has no text in %s%s", strings.TrimPrefix(g.name, "otklik::"), languageName(g.code), also),
			"a text in the column "+g.name+"::"+languageName(g.code)+", or no columns in this language at all")
	}
}

// missing functions of XLSForm, and what does their work.
var functions = map[string]string{
	"pulldata": noFile, "indexed-repeat": noRepeat, "position": noRepeat, "jr": "${name} in a text, which shows the label of the choice",
	"jr:choice-name": "${name} in a text, which shows the label of the choice", "instance": noFile,
	"format-date": "${name} in a text, which shows a date as 31.12.2026", "random": "a group with otklik::order random, or randomize=true",
	"uuid": "nothing: each response has an id of its own", "join": "concat", "decimal-date-time": "number", "boolean": "a comparison",
}

var noFunction = regexp.MustCompile(`^(\S+) is no function or operator`)

var (
	markup      = regexp.MustCompile(`\*\*\S|</?(?i:span|b|i|u|br|p|font|div|img|a|em|strong|h[1-6])\b[^>]*>`)
	numberShape = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)
)
