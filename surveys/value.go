package surveys

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// Value is one answer's value. Its form follows the question's kind, and is the same on the wire, in the store and in
// exports:
//
//	kind                                value     JSON
//	smiley, stars, nps, agreement       Number    4
//	single-choice, yes-no               Code      "employer", "yes"
//	multiple-choice                     Codes     ["parent","veteran"] in the order of the choices
//	short-text                          Text      "Долго ждали"
//	information                         none      (no value)
//
// The zero Value is "no value".
type Value struct {
	kind  valueKind
	num   float64
	text  string
	codes []string
}

type valueKind uint8

const (
	noValue valueKind = iota
	number
	text
	list
)

// Number is the value of a question on a scale.
func Number(n float64) Value { return Value{kind: number, num: n} }

// String is a text or the code of one choice.
func String(s string) Value { return Value{kind: text, text: s} }

// Codes is the value of a multiple choice. No code at all is a value too: the question was answered with "nothing".
func Codes(codes ...string) Value { return Value{kind: list, codes: slices.Clone(codes)} }

// IsZero reports whether v is "no value".
func (v Value) IsZero() bool { return v.kind == noValue }

// Float returns the number v holds.
func (v Value) Float() (n float64, ok bool) { return v.num, v.kind == number }

// Text returns the text or the code v holds.
func (v Value) Text() (s string, ok bool) { return v.text, v.kind == text }

// List returns the codes of a multiple choice; the caller must not change them.
func (v Value) List() (codes []string, ok bool) { return v.codes, v.kind == list }

// Equal reports whether v and w are the same value.
func (v Value) Equal(w Value) bool {
	return v.kind == w.kind && v.num == w.num && v.text == w.text && slices.Equal(v.codes, w.codes)
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
	case c == '-' || c >= '0' && c <= '9':
		read.kind = number
		err = json.Unmarshal(data, &read.num)
	default:
		err = fmt.Errorf("surveys: a value is a number, a text, a list of codes or null, not %.20q", data)
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
