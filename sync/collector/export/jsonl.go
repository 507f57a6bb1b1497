package export

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"otklik/surveys"
	"otklik/sync/collector/store"
)

// line is one response in JSON lines. Body is the record's content as the terminal made it, times uncorrected.
type line struct {
	Response     uuid.UUID       `json:"response"` // the answer id
	Origin       string          `json:"origin"`
	Seq          uint64          `json:"seq"`
	Terminal     uuid.UUID       `json:"terminal"`
	TerminalName string          `json:"terminal_name"`
	Site         string          `json:"site"`
	Started      time.Time       `json:"started"`   // corrected
	Submitted    time.Time       `json:"submitted"` // corrected
	ClockTrusted bool            `json:"clock_trusted"`
	Received     time.Time       `json:"received"`
	TicketState  string          `json:"ticket_state,omitempty"`
	Hash         string          `json:"hash"` // SHA-256 that the record was kept under
	Body         json.RawMessage `json:"body"`
}

// anonymousLine is one response to an anonymous survey: what was said, and the day.
type anonymousLine struct {
	Response uuid.UUID `json:"response"`
	Body     struct {
		Response surveys.Response `json:"response"`
	} `json:"body"`
}

// JSONL writes the responses of a survey as JSON lines in the order of arrival, with nothing changed or left out, and
// returns how many it wrote. Of an anonymous survey it leaves out what the package says. With an error the output is not
// complete.
func JSONL(ctx context.Context, src Source, survey string, w io.Writer) (rows int, err error) {
	m, err := load(ctx, src, survey)
	if err != nil {
		return 0, err
	}
	var fewSpeak, fewAre map[string]bool // languages and audiences that tell who it was
	if m.anonymous {
		speak, are := make(map[string]int), make(map[string]int)
		err := m.each(ctx, src, func(r *store.Response) error {
			speak[r.Language]++
			are[r.Audience]++
			return nil
		})
		if err != nil {
			return 0, err
		}
		fewSpeak, fewAre = smallOf(speak), smallOf(are)
	}
	buffered := bufio.NewWriter(w)
	out := json.NewEncoder(buffered)
	out.SetEscapeHTML(false)
	err = m.each(ctx, src, func(r *store.Response) error {
		rows++
		if m.anonymous {
			l := anonymousLine{Response: r.AnswerID}
			if err := json.Unmarshal(r.Body, &l.Body); err != nil {
				return fmt.Errorf("export: response %s in the store cannot be read: %w", r.AnswerID, err)
			}
			said := &l.Body.Response // of a version that was not yet anonymous, perhaps
			said.Started, said.Zone = surveys.Day(said.Began()), 0
			said.Gap, said.Tap = 0, surveys.Tap{}
			if fewSpeak[said.Language] {
				said.Language = ""
			}
			if fewAre[said.Audience] {
				said.Audience = ""
			}
			return out.Encode(l)
		}
		t := m.terminals[r.Terminal]
		return out.Encode(line{
			Response: r.AnswerID, Origin: hex.EncodeToString(r.Origin[:]), Seq: r.Seq, Terminal: r.Terminal,
			TerminalName: t.Name, Site: t.Site, Started: r.Started, Submitted: r.Submitted, ClockTrusted: r.ClockTrusted,
			Received: r.Received, TicketState: string(r.TicketState), Hash: hex.EncodeToString(r.Hash[:]), Body: r.Body,
		})
	})
	if err != nil {
		return rows, err
	}
	return rows, buffered.Flush()
}
