package wire

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"otklik/surveys"
)

// writer writes a body as encoding/json does by reflection, byte for byte, several times faster. What it does not know how
// to write is strange, and is left to that.
type writer struct {
	out     []byte
	strange bool
}

func (w *writer) body(b *Body) {
	r, c := &b.Response, &b.Clock
	w.key(`{"response":{"survey":`).text(r.Survey)
	w.key(`,"version":`).text(r.Version)
	w.key(`,"number":`).whole(int64(r.Number))
	w.key(`,"language":`).text(r.Language)
	if r.Audience != "" {
		w.key(`,"audience":`).text(r.Audience)
	}
	if r.Seed != 0 {
		w.key(`,"seed":`)
		w.out = strconv.AppendUint(w.out, r.Seed, 10)
	}
	if r.Ticket != "" {
		w.key(`,"ticket":`).text(r.Ticket)
	}
	if r.Partial {
		w.key(`,"partial":true`)
	}
	if r.Gap != 0 {
		w.key(`,"gap":`).whole(int64(r.Gap))
	}
	if r.Tap != (surveys.Tap{}) {
		w.key(`,"tap":[`).whole(int64(r.Tap[0]))
		w.key(`,`).whole(int64(r.Tap[1]))
		w.key(`]`)
	}
	w.key(`,"started":`).time(started(b))
	if r.Zone != 0 {
		w.key(`,"zone":`).whole(int64(r.Zone))
	}
	w.key(`,"seconds":`).whole(int64(r.Seconds))
	w.key(`,"answers":`)
	if r.Answers == nil {
		w.key(`null`)
	} else {
		w.key(`[`)
		for i := range r.Answers {
			if i > 0 {
				w.key(`,`)
			}
			w.answer(&r.Answers[i])
		}
		w.key(`]`)
	}
	w.key(`},"clock":{"wall":`).time(wall(b))
	w.key(`,"mono":`).whole(c.Monotonic)
	w.key(`,"boot":`).text(c.Boot)
	if c.Offset != 0 {
		w.key(`,"offset":`).whole(c.Offset)
	}
	if c.OffsetKnown {
		w.key(`,"offset_known":true`)
	}
	w.key(`}}`)
}

func (w *writer) answer(a *surveys.Answer) {
	w.key(`{"q":`).text(a.Question)
	if !a.Value.IsZero() {
		w.key(`,"v":`).value(a.Value)
	}
	if a.Outcome != "" {
		w.key(`,"o":`).text(string(a.Outcome))
	}
	if a.Tenths != 0 {
		w.key(`,"t":`).whole(int64(a.Tenths))
	}
	w.key(`}`)
}

func (w *writer) value(v surveys.Value) {
	if n, is := v.Float(); is {
		const exact = 1 << 53
		if whole := int64(n); n > -exact && n < exact && float64(whole) == n && whole != 0 { // 0 may be -0
			w.whole(whole)
			return
		}
	} else if text, is := v.Text(); is {
		w.text(text)
		return
	} else if codes, is := v.List(); is {
		w.key(`[`)
		for i, code := range codes {
			if i > 0 {
				w.key(`,`)
			}
			w.text(code)
		}
		w.key(`]`)
		return
	}
	w.other(v)
}

func (w *writer) key(literal string) *writer {
	w.out = append(w.out, literal...)
	return w
}

func (w *writer) whole(n int64) { w.out = strconv.AppendInt(w.out, n, 10) }

// What is noted of the bytes of a text.
const (
	escaped = 1 << iota // encoding/json escapes it, or may
	wide                // no ASCII
)

var ofText = func() (of [256]byte) {
	for c := range of {
		switch {
		case c < ' ', c == '"', c == '\\', c == '<', c == '>', c == '&':
			of[c] = escaped
		case c == 0xE2: // the separators of lines that JavaScript does not like begin with it
			of[c] = escaped | wide
		case c >= utf8.RuneSelf:
			of[c] = wide
		}
	}
	return of
}()

func (w *writer) text(s string) {
	marks := byte(0)
	for i := range len(s) {
		marks |= ofText[s[i]]
	}
	if marks&escaped != 0 || marks&wide != 0 && !utf8.ValidString(s) {
		w.other(s)
		return
	}
	w.out = append(append(append(w.out, '"'), s...), '"')
}

func (w *writer) other(v any) {
	data, err := json.Marshal(v)
	if err != nil {
		w.strange = true
		return
	}
	w.out = append(w.out, data...)
}

func (w *writer) time(t time.Time) {
	if year := t.Year(); year < 0 || year > 9999 {
		w.strange = true // which is an error
		return
	}
	w.out = append(t.AppendFormat(append(w.out, '"'), time.RFC3339Nano), '"')
}
