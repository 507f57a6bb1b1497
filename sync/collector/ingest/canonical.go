package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"otklik/surveys"
	"otklik/sync/wire"
)

// parseBody reads a body. What wire.CanonicalBody writes is read token by token, about ten times faster than by
// reflection and with the same result; anything else, as from a newer terminal with more fields, is left to encoding/json.
func parseBody(canonical []byte) (*wire.Body, error) {
	var b wire.Body
	r := reader{rest: string(canonical)}
	if r.body(&b); !r.strange {
		return &b, nil
	}
	b = wire.Body{}
	if err := json.Unmarshal(canonical, &b); err != nil {
		return nil, fmt.Errorf("the sealed content is no answer: %w", err)
	}
	return &b, checkForm(canonical)
}

// checkForm says why JSON cannot be kept and passed on byte for byte: exports write it without white space, and in UTF-8.
func checkForm(canonical []byte) error {
	if !utf8.Valid(canonical) {
		return errors.New("the sealed content is not in the form of an answer: it is not UTF-8")
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, canonical); err != nil || compact.Len() != len(canonical) {
		return errors.New("the sealed content is not in the form of an answer: there is white space between its parts")
	}
	return nil
}

// reader reads the form of wire.CanonicalBody. Once something is strange it reads nothing more.
type reader struct {
	rest    string // every text read is a part of it
	strange bool
}

func (r *reader) body(b *wire.Body) {
	p, c := &b.Response, &b.Clock
	r.literal(`{"response":{"survey":`)
	p.Survey = r.text()
	r.literal(`,"version":`)
	p.Version = r.text()
	r.literal(`,"number":`)
	p.Number = int(r.whole())
	r.literal(`,"language":`)
	p.Language = r.text()
	if r.has(`,"audience":`) {
		p.Audience = r.text()
	}
	if r.has(`,"seed":`) {
		p.Seed = r.natural(20)
	}
	if r.has(`,"ticket":`) {
		p.Ticket = r.text()
	}
	p.Partial = r.has(`,"partial":true`)
	if r.has(`,"gap":`) {
		p.Gap = int(r.whole())
	}
	if r.has(`,"tap":[`) {
		p.Tap[0] = int(r.whole())
		r.literal(",")
		p.Tap[1] = int(r.whole())
		r.literal("]")
	}
	r.literal(`,"started":`)
	p.Started = r.time()
	if r.has(`,"zone":`) {
		p.Zone = int(r.whole())
	}
	r.literal(`,"seconds":`)
	p.Seconds = int(r.whole())
	r.literal(`,"answers":[`)
	p.Answers = r.answers()
	r.literal(`},"clock":{"wall":`)
	c.Wall = r.time()
	r.literal(`,"mono":`)
	c.Monotonic = r.whole()
	r.literal(`,"boot":`)
	c.Boot = r.text()
	if r.has(`,"offset":`) {
		c.Offset = r.whole()
	}
	c.OffsetKnown = r.has(`,"offset_known":true`)
	r.literal(`}}`)
	r.strange = r.strange || len(r.rest) > 0
}

func (r *reader) answers() []surveys.Answer {
	all := make([]surveys.Answer, 0, strings.Count(r.rest, `{"q":`))
	if r.has("]") {
		return all
	}
	for !r.strange {
		var a surveys.Answer
		r.literal(`{"q":`)
		a.Question = r.text()
		if r.has(`,"v":`) {
			a.Value = r.value()
		}
		if r.has(`,"o":`) {
			a.Outcome = surveys.Outcome(r.text())
		}
		if r.has(`,"t":`) {
			a.Tenths = int(r.whole())
		}
		all = append(all, a)
		if r.has("}]") {
			break
		}
		r.literal("},")
	}
	return all
}

func (r *reader) value() surveys.Value {
	switch {
	case len(r.rest) == 0:
		r.strange = true
	case r.rest[0] == '"':
		return surveys.String(r.text())
	case r.has("["):
		codes := []string{}
		for !r.strange && !r.has("]") {
			if len(codes) > 0 {
				r.literal(",")
			}
			codes = append(codes, r.text())
		}
		return surveys.Codes(codes...)
	case r.has("{"):
		return surveys.Rows(r.rows()...)
	default:
		return surveys.Number(r.number())
	}
	return surveys.Value{}
}

// rows takes the rest of the rows of a matrix. What encoding/json refuses, such as a row that stands twice, is strange.
func (r *reader) rows() []surveys.RowValue {
	answered := []surveys.RowValue{}
	for !r.strange && !r.has("}") {
		if len(answered) > 0 {
			r.literal(",")
		}
		row := surveys.RowValue{Row: r.text()}
		r.literal(":")
		switch {
		case r.strange:
		case strings.HasPrefix(r.rest, `"`):
			row.Value = surveys.String(r.text())
		default:
			row.Value = surveys.Number(r.number())
		}
		for i := range answered {
			r.strange = r.strange || answered[i].Row == row.Row
		}
		answered = append(answered, row)
	}
	return answered
}

// number takes a number without an exponent.
func (r *reader) number() float64 {
	end := 0
	for end < len(r.rest) && (r.rest[end] == '-' || r.rest[end] == '.' || '0' <= r.rest[end] && r.rest[end] <= '9') {
		end++
	}
	whole, fraction, isDecimal := strings.Cut(r.rest[:end], ".")
	if !isDecimal {
		return float64(r.whole())
	}
	digits := strings.TrimPrefix(whole, "-")
	n, err := strconv.ParseFloat(r.rest[:end], 64)
	if r.strange || err != nil || digits == "" || fraction == "" || len(digits) > 1 && digits[0] == '0' {
		r.strange = true
		return 0
	}
	r.rest = r.rest[end:]
	return n
}

// literal takes what must come next.
func (r *reader) literal(s string) {
	if !r.has(s) {
		r.strange = true
	}
}

// has takes s if it comes next.
func (r *reader) has(s string) bool {
	if r.strange || !strings.HasPrefix(r.rest, s) {
		return false
	}
	r.rest = r.rest[len(s):]
	return true
}

// text takes a string.
func (r *reader) text() string {
	r.literal(`"`)
	if r.strange {
		return ""
	}
	end := strings.IndexByte(r.rest, '"')
	if end < 0 {
		r.strange = true
		return ""
	}
	raw := r.rest[:end]
	for i := range len(raw) {
		// An escape, or what a string may not contain: encoding/json knows what to make of it.
		if raw[i] == '\\' || raw[i] < ' ' {
			r.strange = true
			return ""
		}
	}
	if !utf8.ValidString(raw) {
		r.strange = true
		return ""
	}
	r.rest = r.rest[end+1:]
	return raw
}

// whole takes a whole number that a float holds exactly.
func (r *reader) whole() int64 {
	if r.has("-") {
		n := r.natural(15)
		r.strange = r.strange || n == 0
		return -int64(n)
	}
	return int64(r.natural(15))
}

// natural takes a number of at most that many digits.
func (r *reader) natural(most int) (n uint64) {
	digits := 0
	for digits < len(r.rest) && '0' <= r.rest[digits] && r.rest[digits] <= '9' {
		digit := uint64(r.rest[digits] - '0')
		if n > (1<<64-1-digit)/10 {
			r.strange = true
			return 0
		}
		n = n*10 + digit
		digits++
	}
	if r.strange || digits == 0 || digits > most || digits > 1 && r.rest[0] == '0' {
		r.strange = true
		return 0
	}
	r.rest = r.rest[digits:]
	return n
}

func (r *reader) time() (t time.Time) {
	s := r.text()
	if r.strange {
		return t
	}
	if err := t.UnmarshalText([]byte(s)); err != nil {
		r.strange = true
	}
	return t
}
