package export

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"otklik/surveys"
	"otklik/sync/collector/store"
)

// metadata are the columns before the answers.
var metadata = []struct {
	code   string
	titles surveys.Text
}{
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

// Languages are those that Options.Header may name for every column; a survey may have fewer.
var Languages = []string{"ru", "tt", "en"}

// timeFormat is one that spreadsheets take for a time.
const timeFormat = "2006-01-02 15:04:05"

const byteOrderMark = "\uFEFF"

// CSV writes the responses of a survey by RFC 4180 in the order of arrival, and returns how many rows it wrote. A cell
// is empty where a question was skipped or not asked, and a choice's where the version did not offer it. Text that a spreadsheet would run as a formula gets a "'" in front.
// With an error the output is not complete.
func CSV(ctx context.Context, src Source, survey string, o Options, w io.Writer) (rows int, err error) {
	m, err := load(ctx, src, survey)
	if err != nil {
		return 0, err
	}
	cs := newColumns(m.versions)
	if err := cs.addUnpublished(ctx, src, m); err != nil {
		return 0, err
	}
	if o.Location == nil {
		o.Location = time.UTC
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
	if err := out.Write(header(cs, m, o.Header)); err != nil {
		return 0, err
	}
	row := make([]string, len(metadata)+len(cs.order))
	err = src.EachResponse(ctx, survey, 0, func(r *store.Response) error {
		clear(row)
		fillMetadata(row, r, m.terminals[r.Terminal], o.Location)
		if err := fillAnswers(row[len(metadata):], r, cs); err != nil {
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
			row = append(row, harmless(heading(c, m.versions, language)))
		}
	}
	return row
}

func fillMetadata(row []string, r *store.Response, terminal store.Terminal, zone *time.Location) {
	for i, cell := range []string{
		r.AnswerID.String(), r.Survey, strconv.Itoa(r.Number), harmless(terminal.Name), harmless(terminal.Site),
		harmless(r.Language), harmless(r.Audience), timeCell(r.Started, zone), timeCell(r.Submitted, zone),
		strconv.Itoa(r.Seconds),
	} {
		row[i] = cell
	}
}

func timeCell(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(timeFormat)
}

func fillAnswers(row []string, r *store.Response, cs *columns) error {
	answers, err := answersOf(r)
	if err != nil {
		return err
	}
	for _, a := range answers {
		if a.Value.IsZero() {
			continue
		}
		at, ok := cs.index[column{question: a.Question}]
		if !ok {
			return noColumn(r, column{question: a.Question})
		}
		codes, isList := a.Value.List()
		if !isList {
			row[at] = cell(a.Value)
			continue
		}
		row[at] = harmless(strings.Join(codes, " "))
		for _, i := range cs.offered[offer{r.Version, a.Question}] {
			row[i] = "0"
		}
		for _, code := range codes {
			i, ok := cs.index[column{a.Question, code}]
			if !ok {
				return noColumn(r, column{a.Question, code})
			}
			row[i] = "1"
		}
	}
	return nil
}

// noColumn says that an answer fits nowhere. Leaving it out silently would be worse than no export.
func noColumn(r *store.Response, c column) error {
	return fmt.Errorf("export: response %s answers %q, which no published version of %s has; "+
		"it may have arrived just now: try again", r.AnswerID, c.name(), r.Survey)
}

// cell is a number or a text. Texts are free text, or codes, which never start like a formula.
func cell(v surveys.Value) string {
	if n, ok := v.Float(); ok {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	s, _ := v.Text()
	return harmless(s)
}

// formulaStarts are the first characters that make a spreadsheet run a cell; the last four are full-width.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// harmless keeps a spreadsheet from running a text as a formula.
func harmless(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune(formulaStarts, first) {
		return "'" + s
	}
	return s
}
