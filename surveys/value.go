package surveys

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// Value is one answer's value. Its form follows the question's kind, and is the same on the wire, in the store and in
// exports:
//
//	kind                                            value    JSON
//	smiley, stars, nps, agreement                   Number   4
//	slider, number                                  Number   36.6
//	single-choice, picture-choice, dropdown         Code     "employer"
//	yes-no, consent                                 Code     "yes" or "no"
//	multiple-choice                                 Codes    ["parent","veteran"] in the order of the survey's choices
//	ranking                                         Codes    ["speed","price"] first choice first
//	matrix                                          Rows     {"staff":4,"hall":2} in the order of the survey's rows;
//	                                                         {"staff":"good"} with choices; unanswered rows are left out
//	short-text, long-text                           Text     "Долго ждали"
//	phone                                           Text     "+79172345678" (E.164; ParsePhone makes it)
//	email                                           Text     "roza@example.ru"
//	date                                            Text     "2026-12-31"
//	time                                            Text     "17:45", 00:00 to 23:59
//	date-time                                       Text     "2026-12-31T17:45", on the clock of the terminal's place
//	signature                                       Text     "M10 20L30 40L35 41M…" (SVG path; Strokes reads it)
//	calculated                                      Number or Text, as its result says
//	hidden                                          Text     "A-12"
//	information                                     none     (no value)
//
// In exports a row of a matrix is the column question/row, a choice of a multiple choice the column question/choice, and
// a choice of a ranking the column question/choice with its place from 1. The zero Value is "no value".
type Value struct {
	kind  valueKind
	num   float64
	text  string
	codes []string
	rows  []RowValue
}

// RowValue is the answer in one row of a matrix: a Number or a Code.
type RowValue struct {
	Row   string // Row.Code
	Value Value
}

type valueKind uint8

const (
	noValue valueKind = iota
	number
	text
	list
	rows
)

// Number is the value of a question on a scale.
func Number(n float64) Value { return Value{kind: number, num: n} }

// String is a text or the code of one choice.
func String(s string) Value { return Value{kind: text, text: s} }

// Codes is the value of a multiple choice. No code at all is a value too: the question was answered with "nothing".
func Codes(codes ...string) Value { return Value{kind: list, codes: slices.Clone(codes)} }

// Rows is the value of a matrix; the rows must stand in the order of the survey.
func Rows(answered ...RowValue) Value { return Value{kind: rows, rows: slices.Clone(answered)} }

// IsZero reports whether v is "no value".
func (v Value) IsZero() bool { return v.kind == noValue }

// Float returns the number v holds.
func (v Value) Float() (n float64, ok bool) { return v.num, v.kind == number }

// Text returns the text or the code v holds.
func (v Value) Text() (s string, ok bool) { return v.text, v.kind == text }

// List returns the codes of a multiple choice or a ranking; the caller must not change them.
func (v Value) List() (codes []string, ok bool) { return v.codes, v.kind == list }

// Rows returns the answered rows of a matrix; the caller must not change them.
func (v Value) Rows() (answered []RowValue, ok bool) { return v.rows, v.kind == rows }

// Row returns the answer in one row of a matrix, no value when there is none.
func (v Value) Row(code string) Value {
	for _, r := range v.rows {
		if r.Row == code {
			return r.Value
		}
	}
	return Value{}
}

// Equal reports whether v and w are the same value.
func (v Value) Equal(w Value) bool {
	return v.kind == w.kind && v.num == w.num && v.text == w.text && slices.Equal(v.codes, w.codes) &&
		slices.EqualFunc(v.rows, w.rows, func(a, b RowValue) bool { return a.Row == b.Row && a.Value.Equal(b.Value) })
}

// describe names v in an error message. What a visitor typed is not repeated: error messages end up in logs.
func (v Value) describe() string {
	switch {
	case v.kind == number:
		return strconv.FormatFloat(v.num, 'f', -1, 64)
	case v.kind == text && codeShape.MatchString(v.text):
		return strconv.Quote(v.text)
	case v.kind == text:
		return "a text"
	case v.kind == list:
		return "a list of codes"
	case v.kind == rows:
		return "the rows of a matrix"
	}
	return "no value"
}

// MarshalJSON writes the form documented at Value; "no value" is null.
func (v Value) MarshalJSON() ([]byte, error) {
	switch v.kind {
	case number:
		return strconv.AppendFloat(nil, v.num, 'f', -1, 64), nil
	case text:
		return json.Marshal(v.text)
	case list:
		if v.codes == nil {
			return []byte("[]"), nil
		}
		return json.Marshal(v.codes)
	case rows:
		return marshalRows(v.rows)
	default:
		return []byte("null"), nil
	}
}

// UnmarshalJSON reads the form documented at Value. Anything else is an error that names what was found, and leaves "no
// value".
func (v *Value) UnmarshalJSON(data []byte) error {
	*v = Value{}
	if len(data) == 0 {
		return fmt.Errorf("surveys: a value is missing")
	}
	read := Value{}
	var err error
	switch c := data[0]; {
	case string(data) == "null":
	case c == '"':
		read.kind = text
		err = json.Unmarshal(data, &read.text)
	case c == '[':
		read.kind = list
		read.codes, err = unmarshalCodes(data)
	case c == '{':
		read.kind = rows
		read.rows, err = unmarshalRows(data)
	case c == '-' || c >= '0' && c <= '9':
		read.kind = number
		err = json.Unmarshal(data, &read.num)
	default:
		err = fmt.Errorf("surveys: a value is a number, a text, a list of codes, rows or null, not %.20q", data)
	}
	if err == nil {
		*v = read
	}
	return err
}

// unmarshalCodes reads a list that holds texts only; null, which encoding/json takes for "", is no text.
func unmarshalCodes(data []byte) ([]string, error) {
	var read []*string
	if err := json.Unmarshal(data, &read); err != nil {
		return nil, err
	}
	codes := make([]string, len(read))
	for i, c := range read {
		if c == nil {
			return nil, fmt.Errorf("surveys: a list of codes holds null at %d", i)
		}
		codes[i] = *c
	}
	return codes, nil
}

// marshalRows writes an object with the rows as they stand.
func marshalRows(answered []RowValue) ([]byte, error) {
	data := []byte{'{'}
	for i, r := range answered {
		if i > 0 {
			data = append(data, ',')
		}
		key, err := json.Marshal(r.Row)
		if err != nil {
			return nil, err
		}
		value, err := r.Value.MarshalJSON()
		if err != nil {
			return nil, err
		}
		data = append(append(append(data, key...), ':'), value...)
	}
	return append(data, '}'), nil
}

// unmarshalRows reads an object of numbers and texts, in its order; a row that stands twice is an error.
func unmarshalRows(data []byte) ([]RowValue, error) {
	if !json.Valid(data) {
		return nil, errors.New("surveys: the rows of a matrix are no JSON object")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	answered := []RowValue{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		r := RowValue{Row: key.(string)} // a key, in valid JSON
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		if c := value[0]; c != '"' && c != '-' && (c < '0' || c > '9') {
			return nil, fmt.Errorf("surveys: row %.40q of a matrix holds %.20q, not a number or a code", r.Row, value)
		}
		if err := r.Value.UnmarshalJSON(value); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(answered, func(other RowValue) bool { return other.Row == r.Row }) {
			return nil, fmt.Errorf("surveys: row %.40q of a matrix stands twice", r.Row)
		}
		answered = append(answered, r)
	}
	return answered, nil
}
