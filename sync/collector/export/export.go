// Package export writes the responses of a survey for other programs: CSV, one row a response in columns that stay where
// they are, and JSON lines, which lose nothing.
//
// The columns of a CSV, by kind of question, named by the codes of the survey:
//
//	scales, slider, number                  q           a number; the decimal sign is "." and with Options.Semicolon ","
//	one choice, yes-no, consent             q           the code
//	multiple-choice                         q           the codes, blanks between
//	                                        q/choice    1 or 0; empty where the choice was not offered
//	ranking                                 q           the codes, the first place first
//	                                        q/choice    the place from 1; empty without one
//	matrix                                  q/row       as the scale of its rows says; there is no column q
//	date, time                              q           2026-12-31, 17:45
//	texts, phone, email, hidden, calculated q           the text, made harmless; a calculated number is a number
//	signature                               q           its SVG path on a sheet of 1000 by 400, as surveys.Strokes writes it
//	any, with Options.Outcomes              q/outcome   answered, skipped, declined, timed-out; empty when not asked
//	any shown, with Options.Timings         q/seconds   how long it was on the glass, in tenths (4.2); empty when not measured
//
// A survey of the kind test has score, score_max (of what this visit was asked) and passed (1 or 0) before its questions,
// and when it is taken by ticket ticket and ticket_state: good, used-before, revoked or unknown. Only responses with a good
// one are in the console's figures; here are all. A survey that keeps what somebody answered who went away has partial: yes,
// or empty. With Options.Timings, a survey of one question that one tap answers has gap, the seconds since the visit before
// ended on the terminal (3600 for an hour and more, empty for the first), and tap_x and tap_y, where the glass was touched, in
// thousandths of its width and height.
// A question called like one of these columns stands as Q/code, whether this export has the column or not, and a choice or
// row called outcome or seconds as q/Q/outcome and q/Q/seconds: no code has a capital letter.
//
// How long a question took says nothing of who answered or when, so anonymous surveys have it, too; gap and tap they never
// have. Of an anonymous survey an export never names a terminal, shows days instead of times, and is sorted by the random ids.
// With fewer than results.TooFew responses it refuses with ErrTooFew; a site, language or audience of fewer is left empty.
package export

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"

	"otklik/surveys"
	"otklik/sync/collector/results"
	"otklik/sync/collector/store"
)

// Source is where responses come from.
type Source interface {
	SurveyVersions(ctx context.Context, id string) ([]store.SurveyVersion, error)
	ResponseVersions(ctx context.Context, survey string) ([]string, error)
	EachResponse(ctx context.Context, survey string, after int64, yield func(*store.Response) error) error
	Terminals(ctx context.Context) ([]store.Terminal, error)
}

// Codes as Options.Header heads the columns with codes.
const Codes = "codes"

// Options says how a CSV looks.
type Options struct {
	// Header is Codes (also "") or the language of the texts over the columns.
	Header string
	// BOM puts the UTF-8 byte order mark first, by which Excel knows the encoding.
	BOM bool
	// Semicolon separates with ";" and makes "," the decimal sign, as Excel expects in Russia, where it takes 1.5 for a day
	// of May.
	Semicolon bool
	// Outcomes adds the columns question/outcome.
	Outcomes bool
	// Timings adds the columns question/seconds, and gap, tap_x and tap_y to a survey of one question.
	Timings bool
	// Location is the time zone of times; nil for UTC.
	Location *time.Location
}

// ErrTooFew says that an anonymous survey has too few responses: colleagues could be told apart.
var ErrTooFew = errors.New("too few responses to an anonymous survey")

// material is what both formats need of a survey.
type material struct {
	id        string
	versions  []*surveys.Survey          // by rising number
	published map[string]*surveys.Survey // the versions by Survey.Version
	terminals map[uuid.UUID]store.Terminal
	anonymous bool // one of the versions promised it
}

// load gathers the material; the error is store.ErrNotFound when the survey was never published.
func load(ctx context.Context, src Source, survey string) (*material, error) {
	published, err := src.SurveyVersions(ctx, survey)
	if err != nil {
		return nil, err
	}
	if len(published) == 0 {
		return nil, fmt.Errorf("export: survey %q: %w", survey, store.ErrNotFound)
	}
	m := &material{id: survey, terminals: make(map[uuid.UUID]store.Terminal), published: make(map[string]*surveys.Survey)}
	for _, p := range published {
		v, err := surveys.Load(fmt.Sprintf("%s number %d", p.ID, p.Number), p.Source)
		if err != nil {
			return nil, fmt.Errorf("export: a published survey no longer loads: %w", err)
		}
		m.versions = append(m.versions, v)
		m.published[v.Version] = v
		m.anonymous = m.anonymous || v.Anonymous
	}
	terminals, err := src.Terminals(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range terminals {
		m.terminals[t.ID] = t
	}
	return m, nil
}

// Ready says why a survey cannot be exported: store.ErrNotFound when it was never published, ErrTooFew.
func Ready(ctx context.Context, src Source, survey string) error {
	m, err := load(ctx, src, survey)
	if err != nil || !m.anonymous {
		return err
	}
	_, err = m.hidden(ctx, src)
	return err
}

// each calls yield for every response: in the order of arrival, or for an anonymous survey by id and after it is sure that
// there are enough.
func (m *material) each(ctx context.Context, src Source, yield func(*store.Response) error) error {
	if !m.anonymous {
		return src.EachResponse(ctx, m.id, 0, yield)
	}
	all, err := m.hidden(ctx, src)
	for i := 0; i < len(all) && err == nil; i++ {
		err = yield(&all[i])
	}
	return err
}

// hidden returns the responses to an anonymous survey without what could tell who gave them.
func (m *material) hidden(ctx context.Context, src Source) (all []store.Response, err error) {
	err = src.EachResponse(ctx, m.id, 0, func(r *store.Response) error {
		hidden := *r
		hidden.Body = bytes.Clone(r.Body)
		all = append(all, hidden)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(all) < results.TooFew {
		return nil, fmt.Errorf("export: survey %s: %w: it has %d, and is exported from %d on", m.id, ErrTooFew, len(all), results.TooFew)
	}
	slices.SortFunc(all, func(a, b store.Response) int { return bytes.Compare(a.AnswerID[:], b.AnswerID[:]) })
	return all, nil
}

// ToFile writes a file in full or not at all: into a temporary one beside it, synced, then renamed. What stood at path
// before stays until then.
func ToFile(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	temporary := f.Name()
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		os.Remove(temporary)
		return fmt.Errorf("export: write %s: %w", path, err)
	}
	return nil
}
