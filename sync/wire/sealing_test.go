package wire_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"otklik/surveys"
	"otklik/sync/wire"
)

// sealed is one sealer with everything needed to open what it seals.
type sealed struct {
	origin wire.Origin
	sealer *wire.Sealer
	opener *wire.Opener // the collector's
	escrow *wire.Opener
}

func mustSeal(t testing.TB, glossary []byte) sealed {
	t.Helper()
	collectorPrivate, collector, err := wire.NewSealingKey(rand.Reader)
	ok(t, err)
	escrowPrivate, escrow, err := wire.NewSealingKey(rand.Reader)
	ok(t, err)
	s := sealed{origin: wire.Origin{1, 2, 3}}
	s.sealer, err = wire.NewSealer(wire.Recipients{Collector: collector, Escrow: escrow}, s.origin, glossary, rand.Reader)
	ok(t, err)
	s.opener, err = wire.NewOpener(collectorPrivate)
	ok(t, err)
	s.escrow, err = wire.NewOpener(escrowPrivate)
	ok(t, err)
	ok(t, s.opener.Session(s.origin, s.sealer.Session()))
	ok(t, s.escrow.Session(s.origin, s.sealer.Session()))
	return s
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestSealedRecordOpensForEitherRecipientWithTheSameBody(t *testing.T) {
	survey := twentyQuestions(t)
	s := mustSeal(t, wire.Glossary(survey))
	body := twentyAnswers(survey, 1)
	want, err := wire.CanonicalBody(body)
	ok(t, err)
	record, err := s.sealer.Seal(7, uuid.New(), body)
	ok(t, err)
	for name, opener := range map[string]*wire.Opener{"collector": s.opener, "escrow": s.escrow} {
		got, canonical, err := opener.Open(s.origin, record)
		ok(t, err)
		if !bytes.Equal(canonical, want) {
			t.Errorf("%s: canonical JSON\n%s\nwant\n%s", name, canonical, want)
		}
		if again, _ := wire.CanonicalBody(got); !bytes.Equal(again, want) {
			t.Errorf("%s: body\n%s\nwant\n%s", name, again, want)
		}
	}
}

func TestAnyBodySurvivesSealing(t *testing.T) {
	survey := twentyQuestions(t)
	for name, glossary := range map[string][]byte{"glossary": wire.Glossary(survey), "none": nil} {
		s := mustSeal(t, glossary)
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			body := anyBody().Draw(t, "body")
			want, err := wire.CanonicalBody(body)
			if err != nil {
				t.Fatal(err)
			}
			record, err := s.sealer.Seal(rapid.Uint64Min(1).Draw(t, "seq"), uuid.New(), body)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(record.Sealed) - 16; n%32 != 0 {
				t.Errorf("packed to %d bytes, no multiple of 32", n)
			}
			_, canonical, err := s.opener.Open(s.origin, record)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(canonical, want) {
				t.Errorf("opened\n%s\nsealed\n%s", canonical, want)
			}
		}))
	}
}

func TestFlippingAnyBitBreaksTheSeal(t *testing.T) {
	s := mustSeal(t, nil)
	survey := twentyQuestions(t)
	record, err := s.sealer.Seal(7, uuid.New(), twentyAnswers(survey, 1))
	ok(t, err)
	rapid.Check(t, func(t *rapid.T) {
		r, origin := record, s.origin
		r.Sealed = bytes.Clone(record.Sealed)
		flip := func(b []byte) {
			bit := rapid.IntRange(0, len(b)*8-1).Draw(t, "bit")
			b[bit/8] ^= 1 << (bit % 8)
		}
		want := wire.ErrSealBroken
		switch rapid.SampledFrom([]string{"sealed", "seq", "answer", "nonce", "session", "origin"}).Draw(t, "part") {
		case "sealed":
			flip(r.Sealed)
		case "answer":
			flip(r.AnswerID[:])
		case "session":
			flip(r.Session[:])
			want = wire.ErrUnknownSession
		case "origin":
			flip(origin[:])
			want = wire.ErrUnknownSession
		case "seq":
			r.Seq ^= 1 << rapid.IntRange(0, 63).Draw(t, "bit")
		case "nonce":
			r.Nonce ^= 1 << rapid.IntRange(0, 63).Draw(t, "bit")
		}
		if _, _, err := s.opener.Open(origin, r); !errors.Is(err, want) {
			t.Errorf("opened a changed record: %v, want %v", err, want)
		}
	})
}

func TestFlippingAnyBitOfASessionIsNoticed(t *testing.T) {
	s := mustSeal(t, []byte("glossary"))
	for part := range 4 {
		fresh := s.sealer.Session()
		fresh.Enc, fresh.Glossary = bytes.Clone(fresh.Enc), bytes.Clone(fresh.Glossary)
		fresh.Escrow = nil
		b := [][]byte{fresh.ID[:], fresh.Enc[:32], fresh.Enc[32:], fresh.Glossary}[part]
		for i := range b {
			b[i] ^= 1
			// X25519 ignores the top bit of a public key, so only the lowest bit of each byte is tried.
			if err := s.opener.Session(s.origin, fresh); !errors.Is(err, wire.ErrSealBroken) {
				t.Fatalf("part %d byte %d: accepted a changed session: %v", part, i, err)
			}
			b[i] ^= 1
		}
	}
	if err := s.opener.Session(wire.Origin{9}, s.sealer.Session()); !errors.Is(err, wire.ErrSealBroken) {
		t.Errorf("accepted a session under another origin: %v", err)
	}
}

func TestNoncesAreNeverUsedTwice(t *testing.T) {
	s := mustSeal(t, nil)
	const goroutines, each = 8, 50
	nonces := make(chan uint64, goroutines*each)
	done := make(chan error, goroutines)
	for g := range goroutines {
		go func() {
			for i := range each {
				r, err := s.sealer.Seal(uint64(g*each+i+1), uuid.New(), &wire.Body{})
				if err != nil {
					done <- err
					return
				}
				nonces <- r.Nonce
			}
			done <- nil
		}()
	}
	for range goroutines {
		ok(t, <-done)
	}
	close(nonces)
	seen := map[uint64]bool{}
	for n := range nonces {
		if seen[n] {
			t.Fatalf("nonce %d twice", n)
		}
		seen[n] = true
	}
}

func TestCollectorThatLacksTheKeySaysSo(t *testing.T) {
	s := mustSeal(t, nil)
	stranger, _, err := wire.NewSealingKey(rand.Reader)
	ok(t, err)
	o, err := wire.NewOpener(stranger)
	ok(t, err)
	if err := o.Session(s.origin, s.sealer.Session()); !errors.Is(err, wire.ErrSealBroken) {
		t.Errorf("a stranger's key opened the session: %v", err)
	}
}

// twentyQuestions is a survey as centres use them: twenty questions of every kind.
func twentyQuestions(t testing.TB) *surveys.Survey {
	t.Helper()
	var y bytes.Buffer
	y.WriteString("id: exit-poll\nnumber: 3\nkind: exit-poll\nlanguages: [ru]\ntitle: {ru: Выход}\npages:\n  - questions:\n")
	for i, name := range questionCodes() {
		fmt.Fprintf(&y, "      - code: %s\n        text: {ru: Вопрос}\n", name)
		switch i {
		case 0:
			y.WriteString("        kind: single-choice\n        choices:\n")
			for _, c := range audiences {
				fmt.Fprintf(&y, "          - {code: %s, text: {ru: Ответ}}\n", c)
			}
		case 1:
			y.WriteString("        kind: multiple-choice\n        choices:\n")
			for _, c := range situations {
				fmt.Fprintf(&y, "          - {code: %s, text: {ru: Ответ}}\n", c)
			}
		case 19:
			y.WriteString("        kind: short-text\n        max_length: 500\n")
		case 18:
			y.WriteString("        kind: nps\n")
		default:
			y.WriteString("        kind: agreement\n")
		}
	}
	s, err := surveys.Load("exit-poll.yaml", y.Bytes())
	if err != nil {
		t.Fatalf("%v\n%s", err, y.String())
	}
	return s
}

var (
	audiences  = []string{"job_seeker", "employer"}
	situations = []string{"parent", "veteran", "disabled", "migrant", "pre_pension", "none"}
	groups     = []string{"friendly", "useful", "effort", "personal"}
)

func questionCodes() []string {
	codes := []string{"who", "situation"}
	for i := range 16 {
		codes = append(codes, fmt.Sprintf("%s_%d", groups[i/4], i%4+1))
	}
	return append(codes, "recommend", "comment")
}

// twentyAnswers is a plausible response with a comment; n varies it.
func twentyAnswers(s *surveys.Survey, n uint64) *wire.Body {
	x := n*0x9E3779B97F4A7C15 + 1
	next := func(k uint64) int {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		return int(x % k)
	}
	started := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC).Add(time.Duration(next(28800)) * time.Second)
	b := &wire.Body{Response: surveys.Response{
		Survey: s.ID, Version: s.Version, Number: s.Number, Language: []string{"ru", "tt", "en"}[next(3)],
		Audience: audiences[next(2)], Seed: x, Started: started,
	}}
	tenths := 0
	for i, code := range questionCodes() {
		a := surveys.Answer{Question: code, Tenths: 9 + next(60)}
		switch i {
		case 0:
			a.Value = surveys.String(audiences[next(2)])
		case 1:
			k := next(5)
			a.Value = surveys.Codes(situations[k : k+1+next(2)]...)
		case 18:
			a.Value = surveys.Number(float64(next(11)))
		case 19:
			a.Value = surveys.String([]string{"Долго ждали, но помогли", "Спасибо Алсу!", "Мало стульев"}[next(3)])
		default:
			if a.Value = surveys.Number(float64(1 + next(5))); next(12) == 0 {
				a.Value, a.Outcome = surveys.Value{}, surveys.Skipped
			}
		}
		tenths += a.Tenths
		b.Response.Answers = append(b.Response.Answers, a)
	}
	b.Response.Seconds = tenths / 10
	b.Clock = wire.Clock{
		Wall:      started.Add(time.Duration(tenths)*100*time.Millisecond + time.Duration(next(100))*time.Millisecond),
		Monotonic: int64(next(36_000_000)), Boot: "1f3a9c07", Offset: int64(next(4000) - 2000), OffsetKnown: true,
	}
	return b
}

// anyBody draws bodies as odd as the types allow.
func anyBody() *rapid.Generator[*wire.Body] {
	return rapid.Custom(func(t *rapid.T) *wire.Body {
		moment := func(label string) time.Time {
			return time.UnixMilli(rapid.Int64Range(0, 4_000_000_000_000).Draw(t, label))
		}
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom(append(questionCodes(), "", "-0", "007", "1", "\u2028<&>\x00")))
		r := surveys.Response{
			Survey: text.Draw(t, "survey"), Version: text.Draw(t, "version"), Number: rapid.Int().Draw(t, "number"),
			Language: text.Draw(t, "language"), Audience: text.Draw(t, "audience"), Seed: rapid.Uint64().Draw(t, "seed"),
			Partial: rapid.Bool().Draw(t, "partial"), Gap: rapid.IntRange(0, 9).Draw(t, "gap"),
			Tap:     surveys.Tap{rapid.IntRange(0, 1000).Draw(t, "x"), rapid.IntRange(0, 1000).Draw(t, "y")},
			Started: moment("started"), Seconds: rapid.Int().Draw(t, "seconds"),
		}
		for range rapid.IntRange(0, 25).Draw(t, "answers") {
			a := surveys.Answer{Question: text.Draw(t, "question"), Tenths: rapid.IntRange(0, 9000).Draw(t, "tenths")}
			switch rapid.IntRange(0, 4).Draw(t, "kind") {
			case 0:
				a.Outcome = surveys.Skipped
			case 1:
				a.Value = surveys.Number(float64(rapid.IntRange(-3, 300).Draw(t, "value")))
			case 2:
				a.Value = surveys.Number(rapid.Float64().Draw(t, "value"))
			case 3:
				a.Value = surveys.String(text.Draw(t, "value"))
			case 4:
				a.Value = surveys.Codes(rapid.SliceOf(text).Draw(t, "value")...)
			}
			r.Answers = append(r.Answers, a)
		}
		return &wire.Body{Response: r, Clock: wire.Clock{
			Wall: moment("wall"), Monotonic: rapid.Int64().Draw(t, "mono"), Boot: text.Draw(t, "boot"),
			Offset: rapid.Int64().Draw(t, "offset"), OffsetKnown: rapid.Bool().Draw(t, "known"),
		}}
	})
}

func BenchmarkSeal(b *testing.B) {
	survey := twentyQuestions(b)
	s := mustSeal(b, wire.Glossary(survey))
	body, id := twentyAnswers(survey, 1), uuid.New()
	bytes := 0
	for i := 0; b.Loop(); i++ {
		r, err := s.sealer.Seal(uint64(i+1), id, body)
		if err != nil {
			b.Fatal(err)
		}
		bytes = len(r.Sealed)
	}
	b.ReportMetric(float64(bytes), "sealed-bytes")
	// What of it is cryptography: the same bytes under AES-256-GCM alone. The rest makes canonical JSON and packs it.
	block, err := aes.NewCipher(make([]byte, 32))
	ok(b, err)
	bare, err := cipher.NewGCM(block)
	ok(b, err)
	nonce, plain, data := make([]byte, bare.NonceSize()), make([]byte, bytes-bare.Overhead()), make([]byte, 49)
	began, rounds := time.Now(), 20_000
	for range rounds {
		bare.Seal(nil, nonce, plain, data)
	}
	b.ReportMetric(float64(time.Since(began).Nanoseconds())/float64(rounds), "ns/aead")
}

func BenchmarkOpen(b *testing.B) {
	survey := twentyQuestions(b)
	s := mustSeal(b, wire.Glossary(survey))
	r, err := s.sealer.Seal(1, uuid.New(), twentyAnswers(survey, 1))
	ok(b, err)
	b.Run("canonical", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.opener.OpenCanonical(s.origin, r); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("body", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := s.opener.Open(s.origin, r); err != nil {
				b.Fatal(err)
			}
		}
	})
}
