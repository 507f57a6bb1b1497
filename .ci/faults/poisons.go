package main

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/uuid"

	"otklik/sync/wire"
)

// damages are records whose seal is not right. other is the key of another collector.
func damages(other []byte) (all []poison) {
	for _, d := range []struct {
		name, reason string
		public       []byte
		version      byte
		session      func(h *hand, f *forge) // damages that
		damage       func(h *hand, f *forge, seq uint64, id uuid.UUID, content []byte) wire.Record
	}{
		{name: "truncated seal", reason: "seal broken", damage: func(_ *hand, f *forge, seq uint64, id uuid.UUID, content []byte) wire.Record {
			r := f.seal(seq, id, content)
			r.Sealed = r.Sealed[:len(r.Sealed)/2]
			return r
		}},
		{name: "a seal of one byte", reason: "seal broken", damage: func(_ *hand, f *forge, seq uint64, id uuid.UUID, content []byte) wire.Record {
			r := f.seal(seq, id, content)
			r.Sealed = r.Sealed[:1]
			return r
		}},
		{name: "a bit turned", reason: "seal broken", damage: func(h *hand, f *forge, seq uint64, id uuid.UUID, content []byte) wire.Record {
			r := f.seal(seq, id, content)
			r.Sealed[h.random.IntN(len(r.Sealed))] ^= 1 << h.random.IntN(8)
			return r
		}},
		{name: "another nonce", reason: "seal broken", damage: func(_ *hand, f *forge, seq uint64, id uuid.UUID, content []byte) wire.Record {
			r := f.seal(seq, id, content)
			r.Nonce++
			return r
		}},
		{name: "the seq of another", reason: "seal broken", damage: func(_ *hand, f *forge, seq uint64, id uuid.UUID, content []byte) wire.Record {
			r := f.seal(seq+1, id, content)
			r.Seq = seq
			return r
		}},
		{name: "the answer id of another", reason: "seal broken", damage: func(_ *hand, f *forge, seq uint64, id uuid.UUID, content []byte) wire.Record {
			r := f.seal(seq, uuid.New(), content)
			r.AnswerID = id
			return r
		}},
		{name: "another outbox's", reason: "unknown session", damage: whole, session: func(h *hand, f *forge) {
			if other, err := newForge(h.identity.SealingKey, wire.Origin{1}, wire.Version); err == nil {
				*f = *other
			}
		}},
		{name: "another outbox's, in a session of this one", reason: "seal broken", damage: func(_ *hand, f *forge, seq uint64, id uuid.UUID, content []byte) wire.Record {
			f.origin[0] ^= 1
			return f.seal(seq, id, content)
		}},
		{name: "a glossary that is broken", reason: "unknown session", damage: whole, session: func(_ *hand, f *forge) {
			f.session.Glossary[0] ^= 1
		}},
		{name: "a glossary that unpacks to ten megabytes", reason: "unknown session", damage: whole, session: func(_ *hand, f *forge) {
			f.session.Glossary = f.aead.Seal(nil, nonce(1, 0), padded(deflated(make([]byte, 10<<20))), f.data())
		}},
		{name: "another sealing", version: wire.Version + 1, reason: "unknown session", damage: whole},
		{name: "another collector's key", public: other, reason: "unknown session", damage: whole},
		{name: "nothing packed", reason: "packed bytes", damage: packed(nil)},
		{name: "no padding", reason: "packed bytes", damage: packed([]byte{0})},
		{name: "a run past the glossary", reason: "packed bytes", damage: packed(padded([]byte{0x1f, 0xff, 0xff, 0xff, 0xff, 0x0f}))},
		{name: "a word past the glossary", reason: "packed bytes", damage: packed(padded([]byte{5 << 4, 9, 0}))},
		{name: "a text longer than all", reason: "packed bytes", damage: packed(padded([]byte{10 << 4, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0}))},
		{name: "a number without an end", reason: "packed bytes", damage: packed(padded(append([]byte{1 << 4}, bytes.Repeat([]byte{0xff}, 64)...)))},
		{name: "bytes after the end", reason: "packed bytes", damage: packed(padded([]byte{0, 0, 0}))},
		{name: "a jump in a circle", reason: "packed bytes", damage: packed(padded(bytes.Repeat([]byte{6 << 4, 0}, 3000)))},
		{name: "the largest record there is", reason: "the sealed content is no answer", damage: func(_ *hand, f *forge, seq uint64, id uuid.UUID, _ []byte) wire.Record {
			return f.seal(seq, id, bytes.Repeat([]byte{'a'}, wire.MaxRecordBytes-64))
		}},
	} {
		all = append(all, poison{name: d.name, reason: d.reason, released: d.public != nil, make: func(h *hand) (wire.Record, error) {
			public, version := h.identity.SealingKey, byte(wire.Version)
			if d.public != nil {
				public = d.public
			}
			if d.version != 0 {
				version = d.version
			}
			content, err := h.content(nil)
			if err != nil {
				return wire.Record{}, err
			}
			f, err := newForge(public, h.box.Origin(), version)
			if err != nil {
				return wire.Record{}, err
			}
			if d.session != nil {
				d.session(h, f)
			}
			return h.save(f, func(seq uint64, id uuid.UUID) wire.Record { return d.damage(h, f, seq, id, content) })
		}})
	}
	return all
}

func whole(_ *hand, f *forge, seq uint64, id uuid.UUID, content []byte) wire.Record {
	return f.seal(seq, id, content)
}

func packed(bytes []byte) func(*hand, *forge, uint64, uuid.UUID, []byte) wire.Record {
	return func(_ *hand, f *forge, seq uint64, id uuid.UUID, _ []byte) wire.Record {
		return f.sealPacked(seq, id, bytes)
	}
}

// mutations are contents of the corpus, and sound ones, changed here and there.
func mutations(n int) (all []poison) {
	files, _ := filepath.Glob(filepath.Join(poisonFolder, "*.body"))
	for seed := range n {
		random := mathrand.New(mathrand.NewPCG(uint64(seed), 5))
		all = append(all, poison{name: fmt.Sprintf("mutation %d", seed), reason: either, make: func(h *hand) (wire.Record, error) {
			content, err := h.content(nil)
			if seed%2 == 0 && err == nil {
				content, err = os.ReadFile(files[random.IntN(len(files))])
				content = bytes.ReplaceAll(content, []byte("@VERSION@"), []byte(h.survey.Version))
			}
			if err != nil {
				return wire.Record{}, err
			}
			return sealed(mutated(content, random))(h)
		}})
	}
	return all
}

// morsels are put into contents: ends of ranges, and what ends something.
var morsels = []string{
	"null", "true", "-1", "0", "1e400", "-0", "9223372036854775808", "0.1", `""`, `"`, "\\", "{", "}", "[", "]", "[]", "{}", ",", ":",
	"\x00", "\xff", "\\u0000", "\\ud800", "\u202e", "\ufeff", "\n", " ", "NaN", "1970-01-01T00:00:00Z", "+05:00",
}

func mutated(content []byte, random *mathrand.Rand) []byte {
	content = bytes.Clone(content)
	for range 1 + random.IntN(4) {
		at := random.IntN(len(content) + 1)
		to := min(len(content), at+random.IntN(12))
		switch random.IntN(5) {
		case 0:
			if at < len(content) {
				content[at] ^= 1 << random.IntN(8)
			}
		case 1:
			content = slices.Delete(content, at, to)
		case 2:
			content = slices.Insert(content, at, []byte(morsels[random.IntN(len(morsels))])...)
		case 3:
			content = slices.Insert(content, at, content[at:to]...)
		case 4:
			content = slices.Replace(content, at, to, []byte(morsels[random.IntN(len(morsels))])...)
		}
	}
	return content[:min(len(content), 60<<10)]
}

func deflated(data []byte) []byte {
	var out bytes.Buffer
	z, err := flate.NewWriter(&out, flate.BestCompression)
	if err == nil {
		_, err = z.Write(data)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		panic(err) // memory takes everything
	}
	return out.Bytes()
}
