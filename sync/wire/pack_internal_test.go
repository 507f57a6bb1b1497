package wire

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

const example = `{"survey":"exit-poll","answers":[{"q":"who","v":"employer","t":35},{"q":"rate","v":0,"t":35}]}"o""skipped"`

// FuzzPackAnything holds that any text comes back from packing as it was, whatever the glossary.
func FuzzPackAnything(f *testing.F) {
	for _, s := range []string{
		example, `{"survey":"exit-poll","answers":[{"q":"rate","v":4,"t":129}]}`, "", "0", "-0", "-7", "007", `"`, `"\"`,
		`"2026-11-23T09:30:15.12Z"`, `"2026-11-23T09:30:15Z""2026-11-23T09:30:15.000Z"`, `"0001-01-01T00:00:00Z"`,
		`"deadBEEF""deadbeef"`, "99999999999999999999999", `"Җыелыш: ә, ө, ү"`, "\"a\x01b\"", "\xff\xfe",
	} {
		f.Add(s, example)
		f.Add(s, "")
	}
	f.Fuzz(func(t *testing.T, text, glossary string) {
		if len(text)+len(glossary) > 8<<10 {
			return
		}
		words := newTemplate([]byte(glossary))
		packed, err := words.pack(nil, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if len(packed)%packBlock != 0 {
			t.Errorf("packed to %d bytes", len(packed))
		}
		back, err := words.unpack(packed)
		if err != nil || string(back) != text {
			t.Errorf("%q came back as %q, %v", text, back, err)
		}
	})
}

// FuzzUnpackAnything holds that no packed bytes give more than the bound, or anything but an error.
func FuzzUnpackAnything(f *testing.F) {
	words := newTemplate([]byte(example))
	packed, err := words.pack(nil, []byte(strings.Replace(example, "who", "where", 1)))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Add(pad([]byte{opWord<<4 | 15, 0xff, 0xff, 0xff, 0xff, 0x0f}))
	f.Fuzz(func(t *testing.T, packed []byte) {
		for _, data := range [][]byte{packed, pad(bytes.Clone(packed))} {
			out, err := words.unpack(data)
			if err != nil && !errors.Is(err, ErrMalformed) || len(out) > maxUnpacked {
				t.Errorf("%d bytes, %v", len(out), err)
			}
			if glossary, err := unpackGlossary(data); err != nil && !errors.Is(err, ErrMalformed) || len(glossary) > maxGlossary {
				t.Errorf("glossary: %d bytes, %v", len(glossary), err)
			}
		}
	})
}

func TestPackedBombIsRefused(t *testing.T) {
	words := newTemplate([]byte(`"` + strings.Repeat("x", 30<<10) + `"`))
	var bomb []byte
	for range 100 { // each two bytes say thirty thousand
		bomb = append(bomb, opWord<<4, 0)
	}
	if out, err := words.unpack(pad(append(bomb, opEnd))); !errors.Is(err, ErrMalformed) {
		t.Errorf("unpacked %d bytes, %v", len(out), err)
	}
	if _, err := words.pack(nil, make([]byte, maxUnpacked+1)); err == nil {
		t.Error("packed more than can be unpacked")
	}
}

// A time is packed as one exactly where time.Parse reads it and writes it again as it was.
func TestMomentsAreThoseOfTheClock(t *testing.T) {
	check := func(t interface{ Errorf(string, ...any) }, text string) {
		want := false
		if at, err := time.Parse(milliForm, text); err == nil {
			want = len(text) >= len(secForm) && at.Sub(timeBase).Abs() <= timeSpan && (text == at.Format(secForm) || text == at.Format(milliForm))
		}
		p := packer{clock: timeBase}
		if got := p.moment([]byte(text), func(int) {}); got != want {
			t.Errorf("%q is a time: %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{
		"2026-03-02T09:30:05Z", "2026-03-02T09:30:05.5Z", "2026-03-02T09:30:05.123Z", "2026-03-02T09:30:05.120Z", "2026-03-02T09:30:05,123Z",
		"2026-03-02T09:30:05.1234Z", "2026-03-02T09:30:05.Z", "2026-02-30T09:30:05Z", "2028-02-29T09:30:05Z", "2026-13-02T09:30:05Z",
		"2026-03-02T24:30:05Z", "2026-03-02T09:30:60Z", "2026-03-02 09:30:05Z", "2026-03-02T09:30:05+", "1800-03-02T09:30:05Z", "0000-00-00T00:00:00Z",
		"20a6-03-02T09:30:05Z", "2026-03-02T09:30:0ёZ",
	} {
		check(t, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(timeBase.Add(time.Duration(rapid.Int64().Draw(t, "since"))).Format(rapid.SampledFrom([]string{secForm, milliForm}).Draw(t, "form")))
		if rapid.Bool().Draw(t, "damaged") {
			text[rapid.IntRange(0, len(text)-1).Draw(t, "at")] = rapid.SampledFrom([]byte("0123456789-T:.Z ")).Draw(t, "byte")
		}
		check(t, string(text))
	})
}
