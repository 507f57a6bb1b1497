package wire

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The packing, version 1. The glossary is an example answer; a body is written as a walk along the example's tokens: how
// many tokens are the same, then one operation, and so on to the end. Twenty answers with a comment, a kilobyte of JSON,
// take 160 bytes padded; deflate with the glossary as its dictionary takes 288, zstd and s2 more.
//
// An operation is one byte: the kind in the high half, and in the low half the number of same tokens before it (15: a
// uvarint with 15 less follows). After every operation but opJump the walk passes over the example's token it replaces.
const (
	opEnd   = iota
	opNum   // uvarint: a whole number
	opNeg   // uvarint: a negative whole number, without its sign
	opText  // uvarint length, bytes: a string, without its quotes
	opShort // uvarint length, bytes: a string of ASCII and Cyrillic, see shortText
	opWord  // uvarint: the example's token at this position
	opJump  // uvarint: go on at this position of the example
	opSec   // zigzag varint: a time in whole seconds, as seconds since the last time or since timeBase
	opMilli // zigzag varint: a time in milliseconds, as milliseconds since the last time or since timeBase
	opHex   // uvarint length, bytes: a string of hex digits
	opRaw   // uvarint length, bytes: anything else
	opSmall // up to 15: the numbers 1 to 5
)

const (
	runMask  = 15
	smallMax = 15 - opSmall + 1

	packBlock   = 32
	maxUnpacked = 256 << 10
	padMark     = 0x80
)

var timeBase = time.Unix(1_800_000_000, 0).UTC()

// The forms of time CanonicalBody writes, and how far one may lie from the last to be written as the distance.
const (
	timeSpan  = 100 * 365 * 24 * time.Hour
	secForm   = "2006-01-02T15:04:05Z"
	milliForm = "2006-01-02T15:04:05.999Z"
)

// pack writes data as a walk along the template, padded so that the length says little about the answers.
func (t *template) pack(data []byte) ([]byte, error) {
	if len(data) > maxUnpacked {
		return nil, fmt.Errorf("an answer of %d bytes, at most %d", len(data), maxUnpacked)
	}
	tokens := lex(make([]string, 0, 320), string(data))
	out := make([]byte, 0, 256)
	clock, position, run := timeBase, 0, 0
	op := func(kind int) {
		out = append(out, byte(kind<<4|min(run, runMask)))
		if run >= runMask {
			out = binary.AppendUvarint(out, uint64(run-runMask))
		}
		run = 0
	}
	for i := 0; i < len(tokens); {
		token, expected := tokens[i], t.at(position)
		if token == expected {
			position, run, i = position+1, run+1, i+1
			continue
		}
		inPlace := isValue(token) && isValue(expected) && (i+1 == len(tokens) || tokens[i+1] == t.at(position+1))
		if !inPlace {
			if to, found := t.find(tokens[i:]); found {
				op(opJump)
				out = binary.AppendUvarint(out, uint64(to))
				position = to
				continue
			}
		}
		if at, known := t.first[token]; known && len(token) > 1 && !isNumber(token) {
			op(opWord)
			out = binary.AppendUvarint(out, uint64(at))
		} else {
			kind, operand := literal(token, &clock)
			op(kind)
			out = append(out, operand...)
		}
		position, i = position+1, i+1
	}
	op(opEnd)
	return pad(out), nil
}

func isNumber(token string) bool { return isDigit(token[len(token)-1]) }

// literal chooses the shortest form a token has by itself. Every special form is used only if it gives the token back.
func literal(token string, clock *time.Time) (kind int, operand []byte) {
	switch c := token[0]; {
	case isDigit(c):
		if n, err := strconv.ParseUint(token, 10, 64); err == nil && (c != '0' || n == 0 && len(token) == 1) {
			if 1 <= n && n <= smallMax {
				return opSmall + int(n) - 1, nil
			}
			return opNum, binary.AppendUvarint(nil, n)
		}
	case c == '-' && len(token) > 1 && token[1] != '0':
		if n, err := strconv.ParseUint(token[1:], 10, 64); err == nil {
			return opNeg, binary.AppendUvarint(nil, n)
		}
	}
	if len(token) < 2 || token[0] != '"' || token[len(token)-1] != '"' {
		return opRaw, sized([]byte(token))
	}
	text := token[1 : len(token)-1]
	if kind, operand := moment(text, clock); operand != nil {
		return kind, operand
	}
	if len(text) > 2 && len(text)%2 == 0 && strings.Trim(text, "0123456789abcdef") == "" {
		raw, _ := hex.DecodeString(text)
		return opHex, sized(raw)
	}
	if short, possible := shortText(text); possible && len(short) < len(text) {
		return opShort, sized(short)
	}
	return opText, sized([]byte(text))
}

// moment gives the operation for a time and moves the clock to it; nil for a text that is no time CanonicalBody writes.
func moment(text string, clock *time.Time) (kind int, operand []byte) {
	if len(text) < len(secForm) || text[len(text)-1] != 'Z' {
		return 0, nil
	}
	at, err := time.Parse(milliForm, text)
	if err != nil {
		return 0, nil
	}
	since := at.Sub(*clock)
	switch {
	case since.Abs() > timeSpan:
	case text == at.Format(secForm) && clock.Nanosecond() == 0:
		*clock = at
		return opSec, binary.AppendVarint(nil, int64(since/time.Second))
	case text == at.Format(milliForm):
		*clock = at
		return opMilli, binary.AppendVarint(nil, since.Milliseconds())
	}
	return 0, nil
}

func sized(data []byte) []byte { return append(binary.AppendUvarint(nil, uint64(len(data))), data...) }

// unpack gives back what pack was given. It refuses more than maxUnpacked bytes, whatever the input says.
func (t *template) unpack(packed []byte) ([]byte, error) {
	in, err := unpad(packed)
	if err != nil {
		return nil, err
	}
	u := unpacker{in: in, out: make([]byte, 0, 1536), clock: timeBase}
	for position := 0; ; position++ {
		op := u.byte()
		kind, run := int(op>>4), uint64(op&runMask)
		if run == runMask {
			run += u.uvarint()
		}
		if run > uint64(len(t.tokens)-min(position, len(t.tokens))) {
			return nil, fmt.Errorf("%w: packed bytes: a run past the glossary's end", ErrMalformed)
		}
		for range run {
			u.put(t.tokens[position])
			position++
		}
		switch kind {
		case opEnd:
			if u.bad == "" && len(u.in) > 0 {
				u.bad = "bytes after the end"
			}
			if u.bad != "" {
				return nil, fmt.Errorf("%w: packed bytes: %s", ErrMalformed, u.bad)
			}
			return u.out, nil
		case opJump:
			position = u.position(t) - 1 // the loop adds one
		case opWord:
			if at := u.position(t); u.bad == "" {
				u.put(t.tokens[at])
			}
		default:
			u.literal(kind)
		}
		if u.bad != "" {
			return nil, fmt.Errorf("%w: packed bytes: %s", ErrMalformed, u.bad)
		}
	}
}

// unpacker reads operands and writes text; bad is the first thing that was wrong with the input.
type unpacker struct {
	in, out []byte
	clock   time.Time
	bad     string
}

func (u *unpacker) literal(kind int) {
	switch kind {
	case opNum:
		u.out = strconv.AppendUint(u.out, u.uvarint(), 10)
	case opNeg:
		u.put("-")
		u.out = strconv.AppendUint(u.out, u.uvarint(), 10)
	case opText:
		u.quote(string(u.sized()))
	case opShort:
		u.quote(longText(u.sized()))
	case opSec:
		u.advance(time.Second, secForm)
	case opMilli:
		u.advance(time.Millisecond, milliForm)
	case opHex:
		u.quote(hex.EncodeToString(u.sized()))
	case opRaw:
		u.put(string(u.sized()))
	default:
		u.out = strconv.AppendUint(u.out, uint64(kind-opSmall+1), 10)
	}
}

func (u *unpacker) fail(what string) {
	if u.bad == "" {
		u.bad = what
	}
	u.in = nil
}

func (u *unpacker) put(text string) {
	if len(u.out)+len(text) > maxUnpacked {
		u.fail("too much inside")
		return
	}
	u.out = append(u.out, text...)
}

func (u *unpacker) quote(text string) {
	u.put(`"`)
	u.put(text)
	u.put(`"`)
}

func (u *unpacker) advance(unit time.Duration, form string) {
	n, size := binary.Varint(u.in)
	if size <= 0 {
		u.fail("cut short")
		return
	}
	u.in = u.in[size:]
	if limit := int64(timeSpan / unit); n > limit || n < -limit {
		u.fail("a time out of range")
		return
	}
	u.clock = u.clock.Add(time.Duration(n) * unit)
	u.quote(u.clock.Format(form))
}

func (u *unpacker) byte() byte {
	if len(u.in) == 0 {
		u.fail("cut short")
		return opEnd
	}
	b := u.in[0]
	u.in = u.in[1:]
	return b
}

func (u *unpacker) uvarint() uint64 {
	n, size := binary.Uvarint(u.in)
	if size <= 0 {
		u.fail("cut short")
		return 0
	}
	u.in = u.in[size:]
	return n
}

func (u *unpacker) position(t *template) int {
	n := u.uvarint()
	if n >= uint64(len(t.tokens)) {
		u.fail("a position past the glossary's end")
		return 0
	}
	return int(n)
}

func (u *unpacker) sized() []byte {
	n := u.uvarint()
	if n > uint64(len(u.in)) {
		u.fail("cut short")
		return nil
	}
	data := u.in[:n]
	u.in = u.in[n:]
	return data
}

func pad(data []byte) []byte {
	data = append(data, padMark)
	return append(data, make([]byte, (packBlock-len(data)%packBlock)%packBlock)...)
}

func unpad(data []byte) ([]byte, error) {
	end := bytes.LastIndexByte(data, padMark)
	if end < 0 || len(data)%packBlock != 0 || len(data)-end > packBlock || len(bytes.Trim(data[end+1:], "\x00")) > 0 {
		return nil, fmt.Errorf("%w: packed bytes: the padding is not right", ErrMalformed)
	}
	return data[:end], nil
}
