package xlsform

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"otklik/surveys"
	"otklik/surveys/expr"
)

// Export returns a survey as an Excel form (.xlsx) that Import turns into the same survey again, and that other programs
// read as an XLSForm. What XLSForm has no place for stands in the columns and sheets that begin with otklik.
func Export(s *surveys.Survey) ([]byte, error) {
	x := &exporter{survey: s, lists: map[string]string{}, taken: map[string]bool{}}
	for _, q := range s.Questions() {
		x.taken[q.Code] = true
	}
	x.writeSettings()
	for i := range s.Pages {
		x.page(i)
	}
	x.writeStructure()
	data, err := x.workbook()
	if err != nil {
		return nil, fmt.Errorf("survey %s as an Excel form: %w", s.ID, err)
	}
	return data, nil
}

// cells is one row: what stands under a header.
type cells map[string]string

func (c cells) set(header, value string) {
	if value != "" {
		c[header] = value
	}
}

func (c cells) yes(header string, yes bool) {
	if yes {
		c[header] = "yes"
	}
}

// number sets a whole number that is not the usual one.
func (c cells) number(header string, n, usual int) {
	if n != usual {
		c[header] = itoa(n)
	}
}

func (c cells) condition(header string, p *expr.Program) {
	if p != nil {
		c[header] = p.String()
	}
}

// exporter writes one survey.
type exporter struct {
	survey                                *surveys.Survey
	rows, choices                         []cells
	settings, audiences, quotas, openings []cells
	lists                                 map[string]string // names of lists by what is in them
	taken                                 map[string]bool   // names of lists, groups and questions
	bare                                  bool              // the page before has no group around it
}

// text sets a text in every language.
func (x *exporter) text(c cells, name string, t surveys.Text) {
	for _, l := range x.survey.Languages {
		c.set(name+"::"+languageName(l), t[l])
	}
}

// free returns a name that nothing has.
func (x *exporter) free(name string) string {
	free := name
	for i := 2; x.taken[free]; i++ {
		free = name + "_" + itoa(i)
	}
	x.taken[free] = true
	return free
}

func (x *exporter) writeSettings() {
	s, first := x.survey, x.survey.Languages[0]
	c := cells{
		"form_title": s.Title[first], "form_id": s.ID, "version": itoa(s.Number), "default_language": languageName(first),
		"otklik::kind": string(s.Kind),
	}
	for _, l := range s.Languages[1:] {
		c.set("otklik::title::"+languageName(l), s.Title[l])
	}
	x.text(c, "otklik::invitation", s.Invitation)
	x.text(c, "otklik::thanks", s.Thanks)
	c.yes("otklik::anonymous", s.Anonymous && s.Kind != surveys.Staff)
	c.yes("otklik::partial", s.Partial)
	if s.Sample != nil {
		c.number("otklik::sample_every", s.Sample.Every, 0)
		if s.Sample.Probability > 0 {
			c.set("otklik::sample_probability", decimal(s.Sample.Probability))
		}
	}
	if s.Schedule != nil {
		c.set("otklik::from", s.Schedule.From)
		c.set("otklik::until", s.Schedule.Until)
	}
	if s.Test != nil {
		c.set("otklik::pass_mark", itoa(s.Test.PassMark))
		c.number("otklik::time_limit", int(s.Test.TimeLimit/time.Second), 0)
		c.yes("otklik::show_result", s.Test.ShowResult)
		c.yes("otklik::tickets", s.Test.Tickets)
	}
	x.settings = []cells{c}
}

// writeStructure writes audiences, quotas and openings, which have sheets of their own.
func (x *exporter) writeStructure() {
	for _, a := range x.survey.Audiences {
		c := cells{"code": a.Code}
		x.text(c, "name", a.Name)
		c.condition("when", a.When)
		x.audiences = append(x.audiences, c)
	}
	for _, q := range x.survey.Quotas {
		c := cells{"code": q.Code, "limit": itoa(q.Limit)}
		c.condition("when", q.When)
		x.quotas = append(x.quotas, c)
	}
	if x.survey.Schedule == nil {
		return
	}
	for _, o := range x.survey.Schedule.Openings {
		days := make([]string, len(o.Days))
		for i, d := range o.Days {
			days[i] = strings.ToLower(d.String()[:3])
		}
		x.openings = append(x.openings, cells{"days": strings.Join(days, " "), "from": o.From, "until": o.Until})
	}
}

// page writes a page as a group. One that says nothing of itself, behind a page in a group, is left bare.
func (x *exporter) page(index int) {
	p := x.survey.Pages[index]
	x.bare = !x.bare && p.Relevance == nil && p.Pick == 0 && !p.Random && !p.Together
	if !x.bare {
		c := cells{"type": "begin_group", "name": x.free("page_" + itoa(index+1))}
		c.condition("relevant", p.Relevance)
		c.number("otklik::pick", p.Pick, 0)
		if p.Random {
			c["otklik::order"] = "random"
		}
		if p.Together {
			c["appearance"] = "field-list"
		}
		x.rows = append(x.rows, c)
	}
	for _, q := range p.Questions {
		if q.Kind == surveys.Matrix {
			x.matrix(q)
		} else {
			x.rows = append(x.rows, x.question(q))
		}
	}
	if !x.bare {
		x.rows = append(x.rows, cells{"type": "end_group"})
	}
}

// sheetOrder are the sheets, each with the order of its columns; the languages of a text stand beside each other.
var sheetOrder = []struct {
	name    string
	columns []string
	rows    func(*exporter) []cells
}{
	{
		surveySheet,
		[]string{
			"type", "name", "label", "hint", "media::image", "required", "required_message", "relevant", "constraint", "constraint_message",
			"calculation", "choice_filter", "appearance", "default", "parameters", "otklik::kind", "otklik::group", "otklik::reversed",
			"otklik::decline", "otklik::scale", "otklik::levels", "otklik::low", "otklik::high", "otklik::min", "otklik::max", "otklik::decimals",
			"otklik::max_length", "otklik::top", "otklik::source", "otklik::correct", "otklik::points", "otklik::time_limit", "otklik::pick",
			"otklik::order", "otklik::version", "otklik::purpose", "otklik::term", "otklik::statement",
		},
		func(x *exporter) []cells { return x.rows },
	},
	{
		choicesSheet,
		[]string{"list_name", "name", "label", "media::image", "otklik::exclusive", "otklik::last", "otklik::when"},
		func(x *exporter) []cells { return x.choices },
	},
	{
		settingsSheet,
		[]string{
			"form_title", "form_id", "version", "default_language", "otklik::kind", "otklik::title", "otklik::invitation",
			"otklik::thanks", "otklik::anonymous", "otklik::partial", "otklik::sample_every", "otklik::sample_probability", "otklik::from", "otklik::until",
			"otklik::pass_mark", "otklik::time_limit", "otklik::show_result", "otklik::tickets",
		},
		func(x *exporter) []cells { return x.settings },
	},
	{audiencesSheet, []string{"code", "name", "when"}, func(x *exporter) []cells { return x.audiences }},
	{quotasSheet, []string{"code", "when", "limit"}, func(x *exporter) []cells { return x.quotas }},
	{openingsSheet, []string{"days", "from", "until"}, func(x *exporter) []cells { return x.openings }},
}

// workbook writes all sheets that have rows.
func (x *exporter) workbook() ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", surveySheet); err != nil {
		return nil, err
	}
	const asTyped = 49 // Excel's number format "text": what an author types into the cell stays as it is
	body, err := f.NewStyle(&excelize.Style{NumFmt: asTyped, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return nil, err
	}
	head, err := f.NewStyle(&excelize.Style{NumFmt: asTyped, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, err
	}
	for _, s := range sheetOrder {
		rows := s.rows(x)
		if len(rows) == 0 {
			continue
		}
		if _, err := f.NewSheet(s.name); err != nil {
			return nil, err
		}
		if err := x.sheet(f, s.name, x.headers(s.columns, rows), rows, head, body); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// headers returns the headers that rows have, in the order of the columns.
func (x *exporter) headers(columns []string, rows []cells) []string {
	var headers []string
	for _, name := range columns {
		candidates := []string{name}
		for _, l := range x.survey.Languages {
			candidates = append(candidates, name+"::"+languageName(l))
		}
		for _, h := range candidates {
			if slices.ContainsFunc(rows, func(c cells) bool { return c[h] != "" }) {
				headers = append(headers, h)
			}
		}
	}
	return headers
}

func (x *exporter) sheet(f *excelize.File, name string, headers []string, rows []cells, head, body int) error {
	w, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	const narrow, wide = 16, 40
	for i, h := range headers {
		width := float64(narrow)
		if strings.Contains(h, "::") && strings.HasSuffix(h, ")") {
			width = wide
		}
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	values := make([]any, len(headers))
	for i, h := range headers {
		values[i] = excelize.Cell{StyleID: head, Value: h}
	}
	if err := w.SetRow("A1", values); err != nil {
		return err
	}
	for n, r := range rows {
		for i, h := range headers {
			values[i] = nil
			if r[h] != "" {
				values[i] = excelize.Cell{StyleID: body, Value: r[h]}
			}
		}
		if err := w.SetRow("A"+itoa(n+2), values); err != nil {
			return err
		}
	}
	return w.Flush()
}
