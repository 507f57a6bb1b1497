package wire

import (
	"bytes"
	"errors"
	"strings"
	"testing"
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
		packed, err := words.pack([]byte(text))
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
	packed, err := words.pack([]byte(strings.Replace(example, "who", "where", 1)))
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
	if _, err := words.pack(make([]byte, maxUnpacked+1)); err == nil {
		t.Error("packed more than can be unpacked")
	}
}
