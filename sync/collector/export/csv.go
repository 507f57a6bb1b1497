package export

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"otklik/surveys"
	"otklik/sync/collector/results"
	"otklik/sync/collector/store"
)

// titled is a column that is no question's.
type titled struct {
	code   string
	titles surveys.Text
}

// metadata are the columns before the answers.
var metadata = []titled{
	{"response_id", surveys.Text{"ru": "Ответ", "tt": "Җавап", "en": "Response"}},
	{"survey", surveys.Text{"ru": "Опрос", "tt": "Сораштыру", "en": "Survey"}},
	{"version", surveys.Text{"ru": "Версия", "tt": "Версия", "en": "Version"}},
	{"terminal", surveys.Text{"ru": "Терминал", "tt": "Терминал", "en": "Terminal"}},
	{"site", surveys.Text{"ru": "Площадка", "tt": "Урын", "en": "Site"}},
	{"language", surveys.Text{"ru": "Язык", "tt": "Тел", "en": "Language"}},
	{"audience", surveys.Text{"ru": "Аудитория", "tt": "Аудитория", "en": "Audience"}},
	{"started", surveys.Text{"ru": "Начало", "tt": "Башлану", "en": "Started"}},
	{"submitted", surveys.Text{"ru": "Отправлено", "tt": "Җибәрелде", "en": "Submitted"}},
	{"seconds", surveys.Text{"ru": "Секунд", "tt": "Секунд", "en": "Seconds"}},
}

// The places of what an anonymous survey hides or thins out.
const (
	atTerminal = 3
	atSite     = 4
	atLanguage = 5
	atAudience = 6
)

// The columns before the answers that not every survey has.
var (
	ofTest = []titled{
		{"score", surveys.Text{"ru": "Баллы", "tt": "Баллар", "en": "Points"}},
		{"score_max", surveys.Text{"ru": "Баллов всего", "tt": "Барлык баллар", "en": "Points in all"}},
		{"passed", surveys.Text{"ru": "Сдан", "tt": "Тапшырылды", "en": "Passed"}},
	}
	ofTicket = []titled{
		{"ticket", surveys.Text{"ru": "Билет", "tt": "Билет", "en": "Ticket"}},
		{"ticket_state", surveys.Text{"ru": "Состояние билета", "tt": "Билетның хәле", "en": "State of the ticket"}},
	}
	ofPartial = []titled{{"partial", surveys.Text{"ru": "Не закончен", "tt": "Тәмамланмаган", "en": "Not finished"}}}
	ofBurst   = []titled{
		{"gap", surveys.Text{"ru": "Секунд после предыдущего", "tt": "Алдагысыннан соң секунд", "en": "Seconds after the one before"}},
		{"tap_x", surveys.Text{"ru": "Касание, слева", "tt": "Кагылу, сулдан", "en": "Tap, from the left"}},
		{"tap_y", surveys.Text{"ru": "Касание, сверху", "tt": "Кагылу, өстән", "en": "Tap, from the top"}},
	}
	marks = slices.Concat(ofTest, ofTicket, ofPartial, ofBurst)
)

var (
	outcomeTitle = surveys.Text{"ru": "исход", "tt": "нәтиҗә", "en": "outcome"}
	timingTitle  = surveys.Text{"ru": "секунд", "tt": "секунд", "en": "seconds"}
)

// Languages are those that Options.Header may name for every column; a survey may have fewer.
var Languages = []string{"ru", "tt", "en"}

// Forms that spreadsheets take for a time and a day.
const (
	timeFormat = "2006-01-02 15:04:05"
	dayFormat  = "2006-01-02"
)

const byteOrderMark = "\uFEFF"

// CSV writes the responses of a survey by RFC 4180 in the order of arrival, and returns how many rows it wrote; the
// package says which columns there are. A cell is empty where a question was skipped or not asked. Text that a spreadsheet
// would run as a formula gets a "'" in front. With an error the output is not complete.
func CSV(ctx context.Context, src Source, survey string, o Options, w io.Writer) (rows int, err error) {
	m, err := load(ctx, src, survey)
	if err != nil {
		return 0, err
	}
	t := table{material: m, columns: newColumns(m, o), Options: o}
	if err := t.addUnpublished(ctx, src, m); err != nil {
		return 0, err
	}
	if t.Location == nil {
		t.Location = time.UTC
	}
	var small map[int]map[string]bool
	if m.anonymous {
		if small, err = t.smallGroups(ctx, src); err != nil {
			return 0, err
		}
	}
	if o.BOM {
		if _, err := io.WriteString(w, byteOrderMark); err != nil {
			return 0, err
		}
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if o.Semicolon {
		out.Comma = ';'
	}
	if err := out.Write(header(t.columns, m, o.Header)); err != nil {
		return 0, err
	}
	row := make([]string, len(metadata)+len(t.order))
	err = m.each(ctx, src, func(r *store.Response) error {
		clear(row)
		t.fillMetadata(row, r)
		for at, cells := range small {
			if cells[row[at]] {
				row[at] = ""
			}
		}
		if err := t.fillAnswers(row[len(metadata):], r); err != nil {
			return err
		}
		rows++
		return out.Write(row)
	})
	if err != nil {
		return rows, err
	}
	out.Flush()
	return rows, out.Error()
}

// table is a CSV being written.
type table struct {
	*material
	*columns
	Options
}

// smallGroups returns, by column, the cells of an anonymous survey that fewer than results.TooFew responses have. If all
// of a column's small groups together are still one, nothing of the column may be shown.
func (t *table) smallGroups(ctx context.Context, src Source) (map[int]map[string]bool, error) {
	places := []int{atSite, atLanguage, atAudience}
	counts := make(map[int]map[string]int)
	for _, at := range places {
		counts[at] = make(map[string]int)
	}
	row := make([]string, len(metadata))
	err := t.each(ctx, src, func(r *store.Response) error {
		t.fillMetadata(row, r)
		for _, at := range places {
			counts[at][row[at]]++
		}
		return nil
	})
	small := make(map[int]map[string]bool)
	for at, groups := range counts {
		small[at] = smallOf(groups)
	}
	return small, err
}

// smallOf returns the groups, by the numbers in each, that may not be shown; "" is for those in none.
func smallOf(groups map[string]int) map[string]bool {
	small := make(map[string]bool)
	rest := groups[""]
	for group, n := range groups {
		if n < results.TooFew && group != "" {
			small[group] = true
			rest += n
		}
	}
	if 0 < rest && rest < results.TooFew {
		for group := range groups {
			small[group] = true
		}
	}
	return small
}

func header(cs *columns, m *material, language string) []string {
	row := make([]string, 0, len(metadata)+len(cs.order))
	inCodes := language == "" || language == Codes
	for _, c := range metadata {
		if inCodes {
			row = append(row, c.code)
		} else {
			row = append(row, c.titles.In(language, "ru"))
		}
	}
	for _, c := range cs.order {
		if inCodes {
			row = append(row, c.name())
		} else {
			row = append(row, Harmless(heading(c, m.versions, language)))
		}
	}
	return row
}

func (t *table) fillMetadata(row []string, r *store.Response) {
	terminal := t.terminals[r.Terminal]
	copy(row, []string{
		r.AnswerID.String(), r.Survey, strconv.Itoa(r.Number), Harmless(terminal.Name), Harmless(terminal.Site),
		Harmless(r.Language), Harmless(r.Audience), t.timeCell(r.Started), t.timeCell(r.Submitted), strconv.Itoa(r.Seconds),
	})
	if t.anonymous {
		row[atTerminal] = ""
	}
}

// timeCell is a time in the table's zone. The day of an anonymous response was made without a zone, and stays so.
func (t *table) timeCell(at time.Time) string {
	switch {
	case at.IsZero():
		return ""
	case t.anonymous:
		return at.UTC().Format(dayFormat)
	}
	return at.In(t.Location).Format(timeFormat)
}

func (t *table) fillAnswers(row []string, r *store.Response) error {
	said, err := r.Said()
	if err != nil {
		return err
	}
	visit := surveys.Visit{Survey: t.published[r.Version], Seed: said.Seed, Began: said.Began()}
	answers := surveys.Answers{}
	for _, a := range said.Answers {
		if !a.Value.IsZero() {
			answers[a.Question] = a.Value
		}
	}
	put := func(c column, cell string) {
		at, ok := t.index[c]
		if !ok && err == nil {
			err = noColumn(r, c)
		}
		if ok {
			row[at] = cell
		}
	}
	for _, a := range said.Answers {
		of := column{question: a.Question}
		if took := (column{question: a.Question, role: timing}); a.Tenths > 0 && t.has(took) {
			put(took, t.tenths(a.Tenths))
		}
		if t.outcomes {
			put(column{question: a.Question, role: outcome}, outcomeCell(a))
		}
		if rows, ok := a.Value.Rows(); ok {
			for _, row := range rows {
				put(column{question: a.Question, part: row.Row}, t.cell(row.Value))
			}
		} else if codes, ok := a.Value.List(); ok {
			put(of, Harmless(strings.Join(codes, " ")))
			ranked := t.kinds[a.Question] == surveys.Ranking
			if !ranked {
				for _, c := range offered(visit, a.Question, answers) {
					put(column{question: a.Question, part: c.Code}, "0")
				}
			}
			for i, code := range codes {
				cell := "1"
				if ranked {
					cell = strconv.Itoa(i + 1)
				}
				put(column{question: a.Question, part: code}, cell)
			}
		} else if !a.Value.IsZero() {
			put(of, t.cell(a.Value))
		}
	}
	of := func(columns []titled, cells ...string) {
		for i, cell := range cells {
			put(column{part: columns[i].code, role: mark}, cell)
		}
	}
	if visit.Survey != nil && visit.Survey.Kind == surveys.Test {
		points, highest, passed := visit.Score(answers)
		of(ofTest, strconv.Itoa(points), strconv.Itoa(highest))
		if visit.Survey.Test != nil {
			of(ofTest[2:], map[bool]string{true: "1", false: "0"}[passed])
		}
	}
	if r.Ticket != "" {
		of(ofTicket, Harmless(r.Ticket), string(r.TicketState))
	}
	if said.Partial {
		of(ofPartial, yesWord)
	}
	if t.has(column{part: ofBurst[0].code, role: mark}) {
		if said.Gap > 0 {
			of(ofBurst, t.tenths(said.Gap))
		}
		if !said.Tap.IsZero() {
			of(ofBurst[1:], strconv.Itoa(said.Tap[0]), strconv.Itoa(said.Tap[1]))
		}
	}
	return err
}

// offered are the choices that the visit was offered; none when the version is not known here.
func offered(v surveys.Visit, question string, answers surveys.Answers) []surveys.Choice {
	if v.Survey == nil || v.Survey.Question(question) == nil {
		return nil
	}
	return v.Choices(v.Survey.Question(question), answers)
}

// answeredWord is the outcome of a question that has an answer, yesWord what a partial response has.
const (
	answeredWord = "answered"
	yesWord      = "yes"
)

func outcomeCell(a surveys.Answer) string {
	if a.Outcome == surveys.Answered {
		return answeredWord
	}
	return Harmless(string(a.Outcome))
}

// noColumn says that an answer fits nowhere. Leaving it out silently would be worse than no export.
func noColumn(r *store.Response, c column) error {
	return fmt.Errorf("export: response %s answers %q, which no published version of %s has; "+
		"it may have arrived just now: try again", r.AnswerID, c.name(), r.Survey)
}

// cell is a number or a text. Texts are free text, or codes, which never start like a formula.
func (t *table) cell(v surveys.Value) string {
	n, ok := v.Float()
	if !ok {
		s, _ := v.Text()
		return Harmless(s)
	}
	return t.decimal(strconv.FormatFloat(n, 'f', -1, 64))
}

// tenths are tenths of a second in seconds.
func (t *table) tenths(n int) string {
	return t.decimal(strconv.FormatFloat(float64(n)/10, 'f', -1, 64))
}

func (t *table) decimal(s string) string {
	if t.Semicolon {
		return strings.Replace(s, ".", ",", 1)
	}
	return s
}

// formulaStarts are the first characters that make a spreadsheet run a cell; the last four are full-width.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// Harmless keeps a spreadsheet from running a text as a formula.
func Harmless(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune(formulaStarts, first) {
		return "'" + s
	}
	return s
}
