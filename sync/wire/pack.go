package wire

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
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
	formRoom  = 32 // of a time while it is written: package time begins with nine decimals
)

// pack writes a text into out, which is empty, as a walk along the template, padded so that the length says little about the
// answers.
func (t *template) pack(out, text []byte) ([]byte, error) {
	if len(text) > maxUnpacked {
		return nil, fmt.Errorf("an answer of %d bytes, at most %d", len(text), maxUnpacked)
	}
	p := packer{out: out, clock: timeBase}
	position, run := 0, 0
	op := func(kind int) {
		p.out = append(p.out, byte(kind<<4|min(run, runMask)))
		if run >= runMask {
			p.out = binary.AppendUvarint(p.out, uint64(run-runMask))
		}
		run = 0
	}
	for from := 0; from < len(text); {
		if n := t.surely(text, from, position); n > 0 {
			from += len(t.run(position, n))
			position, run = position+n, run+n
		}
		if end := t.follows(text, from, position); end > 0 {
			position, run, from = position+1, run+1, end
			continue
		}
		end := lexEnd(text, from)
		token := text[from:end]
		inPlace := isValue(token) && isValue(t.at(position)) && (end == len(text) || t.follows(text, end, position+1) > 0)
		if !inPlace {
			if to, found := t.find(text, from, end); found {
				op(opJump)
				p.out = binary.AppendUvarint(p.out, uint64(to))
				position = to
				continue
			}
		}
		if at, known := t.word(token); known {
			op(opWord)
			p.out = binary.AppendUvarint(p.out, uint64(at))
		} else {
			p.literal(token, op)
		}
		position, from = position+1, end
	}
	op(opEnd)
	return pad(p.out), nil
}

// word returns where a token stands in the template, if naming that is shorter than the token.
func (t *template) word(token []byte) (at int, known bool) {
	if len(token) < 2 || isDigit(token[len(token)-1]) {
		return 0, false
	}
	at, known = t.first[string(token)]
	return at, known
}

// packer writes tokens that the template does not have.
type packer struct {
	out   []byte
	clock time.Time
}

// literal chooses the shortest form a token has by itself. Every special form is used only if it gives the token back.
func (p *packer) literal(token []byte, op func(kind int)) {
	switch c := token[0]; {
	case isDigit(c):
		if n, err := parseDigits(token); err == nil && (c != '0' || n == 0 && len(token) == 1) {
			if 1 <= n && n <= smallMax {
				op(opSmall + int(n) - 1)
				return
			}
			op(opNum)
			p.out = binary.AppendUvarint(p.out, n)
			return
		}
	case c == '-' && len(token) > 1 && token[1] != '0':
		if n, err := parseDigits(token[1:]); err == nil {
			op(opNeg)
			p.out = binary.AppendUvarint(p.out, n)
			return
		}
	}
	if len(token) < 2 || token[0] != '"' || token[len(token)-1] != '"' {
		op(opRaw)
		p.sized(token)
		return
	}
	text := token[1 : len(token)-1]
	if p.moment(text, op) {
		return
	}
	if len(text) > 2 && len(text)%2 == 0 && isHex(text) {
		op(opHex)
		p.out = binary.AppendUvarint(p.out, uint64(len(text)/2))
		p.out, _ = hex.AppendDecode(p.out, text)
		return
	}
	if short, possible := shortText(string(text)); possible && len(short) < len(text) {
		op(opShort)
		p.sized(short)
		return
	}
	op(opText)
	p.sized(text)
}

// parseDigits is strconv.ParseUint for a run of digits, faster for those that surely fit.
func parseDigits(digits []byte) (n uint64, err error) {
	if len(digits) > 18 {
		return strconv.ParseUint(string(digits), 10, 64)
	}
	for _, c := range digits {
		n = 10*n + uint64(c-'0')
	}
	return n, nil
}

func isHex(text []byte) bool {
	for i := range len(text) {
		if c := text[i]; !isDigit(c) && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// moment writes a time and moves the clock to it; false for a text that is no time CanonicalBody writes.
func (p *packer) moment(text []byte, op func(kind int)) bool {
	if len(text) < len(secForm) || text[len(text)-1] != 'Z' {
		return false
	}
	at, ok := parseMoment(text)
	if !ok {
		return false
	}
	since := at.Sub(p.clock)
	var form [formRoom]byte
	switch {
	case since.Abs() > timeSpan:
		return false
	case len(text) == len(secForm) && p.clock.Nanosecond() == 0 && string(text) == string(at.AppendFormat(form[:0], secForm)):
		p.clock = at
		op(opSec)
		p.out = binary.AppendVarint(p.out, int64(since/time.Second))
		return true
	case string(text) == string(at.AppendFormat(form[:0], milliForm)):
		p.clock = at
		op(opMilli)
		p.out = binary.AppendVarint(p.out, since.Milliseconds())
		return true
	}
	return false
}

// parseMoment reads the numbers of secForm or milliForm, several times faster than time.Parse. What stands between them, and
// whether there is such a day, shows when the time is written again.
func parseMoment(text []byte) (at time.Time, ok bool) {
	if len(text) < len(secForm) || len(text) > len(milliForm) {
		return at, false
	}
	ok = true
	number := func(from, to int) (n int) {
		for _, c := range text[from:to] {
			ok = ok && isDigit(c)
			n = 10*n + int(c-'0')
		}
		return n
	}
	nanoseconds := 0
	if point := len(secForm) - 1; len(text) > len(secForm) {
		nanoseconds = number(point+1, len(text)-1)
		for unit := len(text) - 1; unit < point+1+9; unit++ {
			nanoseconds *= 10
		}
	}
	at = time.Date(number(0, 4), time.Month(number(5, 7)), number(8, 10), number(11, 13), number(14, 16), number(17, 19), nanoseconds, time.UTC)
	return at, ok
}

func (p *packer) sized(text []byte) {
	p.out = append(binary.AppendUvarint(p.out, uint64(len(text))), text...)
}

// unpack gives back what pack was given. It refuses more than maxUnpacked bytes, whatever the input says.
func (t *tokens) unpack(packed []byte) ([]byte, error) {
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
		if run > uint64(t.size()-min(position, t.size())) {
			return nil, fmt.Errorf("%w: packed bytes: a run past the glossary's end", ErrMalformed)
		}
		if run > 0 {
			u.put(t.run(position, int(run)))
			position += int(run)
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
				u.put(t.at(at))
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
		u.quote(u.sized())
	case opShort:
		u.quote(longText(u.sized()))
	case opSec:
		u.advance(time.Second, secForm)
	case opMilli:
		u.advance(time.Millisecond, milliForm)
	case opHex:
		u.quote(hex.AppendEncode(nil, u.sized()))
	case opRaw:
		put(u, u.sized())
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

func (u *unpacker) put(text string) { put(u, text) }

func put[T string | []byte](u *unpacker, text T) {
	if len(u.out)+len(text) > maxUnpacked {
		u.fail("too much inside")
		return
	}
	u.out = append(u.out, text...)
}

func (u *unpacker) quote(text []byte) {
	u.put(`"`)
	put(u, text)
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
	var text [formRoom]byte
	u.quote(u.clock.AppendFormat(text[:0], form))
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

func (u *unpacker) position(t *tokens) int {
	n := u.uvarint()
	if n >= uint64(t.size()) {
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
	var zeros [packBlock]byte
	data = append(data, padMark)
	return append(data, zeros[:(packBlock-len(data)%packBlock)%packBlock]...)
}

func unpad(data []byte) ([]byte, error) {
	end := bytes.LastIndexByte(data, padMark)
	if end < 0 || len(data)%packBlock != 0 || len(data)-end > packBlock || len(bytes.Trim(data[end+1:], "\x00")) > 0 {
		return nil, fmt.Errorf("%w: packed bytes: the padding is not right", ErrMalformed)
	}
	return data[:end], nil
}
