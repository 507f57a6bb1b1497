package xlsform

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"otklik/surveys"
)

// setting returns a value of the sheet settings, which has one row of them, and where it stands.
func (im *importer) setting(name string) (string, origin) {
	if len(im.settings.rows) == 0 {
		return "", origin{sheet: im.settings.name}
	}
	return im.settings.get(im.settings.rows[0], name)
}

// maxNumber is the largest number of a version.
const maxNumber = 1_000_000

// own are cells of the product's own: a column otklik::column becomes a key in the form that as gives it.
type own struct {
	column, key string
	as          func(im *importer, n *node, key, cell string, at origin)
}

func asWord(_ *importer, n *node, key, cell string, at origin) { n.set(key, text(at, cell)) }

func asMinute(_ *importer, n *node, key, cell string, at origin) {
	n.set(key, text(at, wholeMinute(cell)))
}

// take sets the keys of the cells that a row has.
func (im *importer) take(n *node, t *table, r row, cells []own) {
	for _, c := range cells {
		if cell, at := t.get(r, c.column); cell != "" {
			c.as(im, n, c.key, cell, at)
		}
	}
}

var (
	ownSettings = []own{{"otklik::anonymous", "anonymous", (*importer).truth}, {"otklik::partial", "partial", (*importer).truth}}
	ownSample   = []own{{"otklik::sample_every", "every", (*importer).number}, {"otklik::sample_probability", "probability", (*importer).number}}
	ownSchedule = []own{{"otklik::from", "from", asWord}, {"otklik::until", "until", asWord}}
	ownTest     = []own{
		{"otklik::pass_mark", "pass_mark", (*importer).number},
		{"otklik::time_limit", "time_limit", (*importer).number},
		{"otklik::show_result", "show_result", (*importer).truth},
		{"otklik::tickets", "tickets", (*importer).truth},
	}
	ownQuota = []own{{"limit", "limit", (*importer).number}}
	ownHours = []own{{"from", "from", asWord}, {"until", "until", asWord}}
)

// writeSettings writes everything of a survey but its audiences, quotas and pages.
func (im *importer) writeSettings(root *node) {
	var r row
	if len(im.settings.rows) > 0 {
		r = im.settings.rows[0]
	}
	if len(im.settings.rows) > 1 {
		im.warn(origin{sheet: im.settings.name, row: im.settings.rows[1].number}, "only the first row of settings counts", "one row")
	}
	im.writeNames(root, r)
	kind, at := im.setting("otklik::kind")
	if kind == "" {
		kind = string(surveys.Poll)
	}
	root.set("kind", text(at, kind))
	languages := &node{inline: true}
	for _, l := range im.languages {
		languages.list = append(languages.list, text(origin{}, l))
	}
	root.set("languages", languages)
	for _, key := range []string{"invitation", "thanks"} {
		if t := im.texts(im.settings, r, "otklik::"+key, true); t != nil {
			root.set(key, t)
		}
	}
	im.take(root, im.settings, r, ownSettings)
	sample, schedule, test := &node{}, &node{}, &node{}
	im.take(sample, im.settings, r, ownSample)
	im.take(schedule, im.settings, r, ownSchedule)
	im.take(test, im.settings, r, ownTest)
	if open := im.hours(); len(open.list) > 0 {
		schedule.set("open", open)
	}
	for _, part := range []struct {
		key  string
		node *node
	}{{"sample", sample}, {"schedule", schedule}, {"test", test}} {
		if len(part.node.keys) > 0 {
			root.set(part.key, part.node)
		}
	}
}

// writeNames writes id, number and title.
func (im *importer) writeNames(root *node, r row) {
	file := strings.TrimSuffix(filepath.Base(im.file), filepath.Ext(im.file))
	id, at := im.setting("form_id")
	if id == "" {
		id = file
		im.warn(at, fmt.Sprintf("the form has no form_id; the survey gets the id %s", idOf(id)), "form_id in settings, the same for all versions of the form")
	} else if idOf(id) != id {
		im.warn(at, fmt.Sprintf("the form_id %s becomes the id %s", quote(id), idOf(id)), "")
	}
	root.set("id", text(at, idOf(id)))
	version, at := im.setting("version")
	number, err := strconv.Atoi(version)
	if err != nil || number < 1 || number > maxNumber {
		number = 1
		if version != "" {
			im.warn(at, fmt.Sprintf("the version %s is no number from 1 to %d; the survey gets the number 1", quote(version), maxNumber), "1 for the first version, 2 for the next")
		}
	}
	root.set("number", plain(at, itoa(number)))
	root.set("title", im.title(r, file))
}

// title returns the title, which XLSForm has in one language only: the others get the same, with a warning.
func (im *importer) title(r row, file string) *node {
	said, places := map[string]string{}, map[string]origin{}
	for _, c := range im.settings.columns {
		if cell := r.cell(c.index); (c.name == "form_title" || c.name == "otklik::title") && cell != "" {
			said[c.code], places[c.code] = cell, im.settings.origin(r, c)
		}
	}
	_, at := im.setting("form_title")
	usual := said[im.languages[0]]
	for _, code := range im.languages {
		if usual == "" {
			usual = said[code]
		}
	}
	if usual == "" {
		usual = file
		im.warn(at, "the form has no form_title; the survey is called "+quote(file), "form_title in settings")
	}
	n := &node{from: at}
	var missing []string
	for _, code := range im.languages {
		if said[code] == "" {
			said[code], places[code] = usual, at
			missing = append(missing, languageName(code))
		}
		n.set(code, text(places[code], said[code]))
	}
	if len(missing) > 0 && len(missing) < len(im.languages) {
		im.warn(at, "the title has no text in "+strings.Join(missing, ", "), "columns otklik::title::"+missing[0]+" and so on")
	}
	return n
}

// writeAudiences writes what the sheets of audiences and quotas hold. Their conditions name codes of ours.
func (im *importer) writeAudiences(root *node) {
	audiences, quotas := &node{}, &node{}
	for _, r := range im.audiences.rows {
		n := &node{from: origin{sheet: im.audiences.name, row: r.number}}
		im.take(n, im.audiences, r, []own{{"code", "code", asWord}})
		if t := im.texts(im.audiences, r, "name", true); t != nil {
			n.set("name", t)
		}
		im.take(n, im.audiences, r, []own{{"when", "when", asCondition}})
		audiences.list = append(audiences.list, n)
	}
	for _, r := range im.quotas.rows {
		n := &node{from: origin{sheet: im.quotas.name, row: r.number}}
		im.take(n, im.quotas, r, []own{{"code", "code", asWord}, {"when", "when", asCondition}})
		im.take(n, im.quotas, r, ownQuota)
		quotas.list = append(quotas.list, n)
	}
	if len(audiences.list) > 0 {
		root.set("audiences", audiences)
	}
	if len(quotas.list) > 0 {
		root.set("quotas", quotas)
	}
}

func asCondition(im *importer, n *node, key, cell string, at origin) {
	n.set(key, text(at, im.rewrite(cell, nil)))
}

// hours returns the openings of the schedule.
func (im *importer) hours() *node {
	open := &node{}
	for _, r := range im.openings.rows {
		n := &node{from: origin{sheet: im.openings.name, row: r.number}}
		if cell, at := im.openings.get(r, "days"); cell != "" {
			days := &node{from: at, inline: true}
			for _, day := range strings.Fields(cell) {
				days.list = append(days.list, text(at, day))
			}
			n.set("days", days)
		}
		im.take(n, im.openings, r, ownHours)
		open.list = append(open.list, n)
	}
	return open
}
