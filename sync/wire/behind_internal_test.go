package wire

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/surveys"
)

// What lies behind a signature or a seal is read, too: whoever holds a key may write anything there.

func fuzzKey() (ed25519.PublicKey, ed25519.PrivateKey) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	return key.Public().(ed25519.PublicKey), key
}

// One record that makes no sense to this program, as of a newer terminal, does not take those of its batch along.
func TestABundleIsReadAroundARecordThatMakesNoSense(t *testing.T) {
	public, key := fuzzKey()
	b := Batch{Origin: Origin{1}}
	for seq := uint64(1); seq <= 3; seq++ {
		b.Records = append(b.Records, Record{Seq: seq, AnswerID: uuid.UUID{byte(seq)}, Session: SessionID{3}, Nonce: seq, Sealed: []byte{4}})
	}
	b.Records[1].Sealed = make([]byte, MaxRecordBytes+1)
	payload, err := Encode(b)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	w, err := NewBundleWriter(&file, key, BundleHeader{Terminal: uuid.UUID{1}, Made: time.Unix(1_800_000_000, 0)})
	if err == nil {
		err = errors.Join(w.frame(bundleBatch, payload), w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewBundleReader(&file, func(uuid.UUID) (ed25519.PublicKey, error) { return public, nil })
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := r.Next(); err != nil || len(got.Records) != 3 || got.Records[0].Validate() != nil || got.Records[1].Validate() == nil {
		t.Errorf("%d records, %v", len(got.Records), err)
	}
}

// FuzzBundleBehindTheSignature holds that no pieces that a terminal signed end the program or are read for ever.
func FuzzBundleBehindTheSignature(f *testing.F) {
	public, key := fuzzKey()
	header := BundleHeader{Terminal: uuid.UUID{1}, Made: time.Unix(1_800_000_000, 0), Version: "1"}
	batch, err := Encode(Batch{Origin: Origin{1}, Records: []Record{
		{Seq: 1, AnswerID: uuid.UUID{2}, Session: SessionID{3}, Nonce: 1, Sealed: []byte{4}},
	}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(bundleBatch, batch, bundleEnd, []byte{Version, 0xa0})
	f.Add(bundleEnd, []byte{}, byte('?'), batch[:5])
	f.Fuzz(func(t *testing.T, kind byte, payload []byte, then byte, more []byte) {
		var file bytes.Buffer
		w, err := NewBundleWriter(&file, key, header)
		if err == nil {
			err = errors.Join(w.frame(kind, payload), w.frame(then, more))
		}
		if err != nil {
			t.Fatal(err)
		}
		r, err := NewBundleReader(&file, func(uuid.UUID) (ed25519.PublicKey, error) { return public, nil })
		if err != nil {
			t.Fatal(err)
		}
		for range 4 {
			b, _, err := r.Next()
			if err == nil {
				_ = b.Validate() // whoever takes the batch looks at each record
			} else if !errors.Is(err, io.EOF) && !errors.Is(err, ErrFrame) && !errors.Is(err, ErrCutOff) {
				t.Errorf("%v", err)
			}
			if errors.Is(err, io.EOF) || errors.Is(err, ErrCutOff) {
				return
			}
		}
		t.Error("two pieces never end")
	})
}

// FuzzReceiptsBehindTheSignature holds the same of what a collector signed, in a file of receipts and alone.
func FuzzReceiptsBehindTheSignature(f *testing.F) {
	public, key := fuzzKey()
	receipt, err := Encode(Receipt{Origin: Origin{1}, Batch: Hash{2}, Epoch: Epoch{3}, Decisions: []Decision{{Seq: 1, Verdict: Stored}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(receipt)
	f.Add(receipt[:len(receipt)/2])
	f.Fuzz(func(t *testing.T, payload []byte) {
		signature, err := key.Sign(nil, payload, &ed25519.Options{Context: string(ReceiptContext), Hash: crypto.Hash(0)})
		if err != nil {
			t.Fatal(err)
		}
		signed, err := Encode(Signed{Payload: payload, Signature: signature})
		if err != nil {
			t.Fatal(err)
		}
		file := append([]byte(ReceiptsMagic), binary.BigEndian.AppendUint32(nil, uint32(len(signed)))...)
		n := 0
		_, err = ReadReceipts(bytes.NewReader(append(file, signed...)), []ed25519.PublicKey{public}, func(Receipt) error { n++; return nil })
		if (err == nil) != (n == 1) || err != nil && !errors.Is(err, ErrMalformed) {
			t.Errorf("%d receipts, %v", n, err)
		}
		var (
			revoked Revocation
			config  TerminalConfig
		)
		for _, msg := range []any{&revoked, &config} {
			if err := Decode(payload, msg); err != nil && !errors.Is(err, ErrMalformed) {
				t.Error(err)
			}
		}
	})
}

// FuzzOpenBehindTheSeal holds that whatever a terminal seals is a body, or an error.
func FuzzOpenBehindTheSeal(f *testing.F) {
	private, public, err := NewSealingKey(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	origin := Origin{1}
	sealer, err := NewSealer(Recipients{Collector: public}, origin, []byte(example), rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	canonical, err := CanonicalBody(&Body{Response: surveys.Response{Survey: "exit-poll", Answers: []surveys.Answer{{Question: "rate", Value: surveys.Number(4)}}}})
	if err != nil {
		f.Fatal(err)
	}
	packed, err := sealer.words.pack(nil, canonical)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed, canonical, []byte(example))
	f.Add(pad([]byte("rubbish")), []byte(`{"response":`), []byte("\x00"))
	f.Fuzz(func(t *testing.T, packed, canonical, glossary []byte) {
		opener, err := NewOpener(private)
		if err != nil {
			t.Fatal(err)
		}
		s := sealer.Session()
		if len(glossary) < maxSealedGlossary-64 {
			s.Glossary = sealer.aead.Seal(nil, nonceFor(forGlossary, 0), pad(bytes.Clone(glossary)), sessionData(origin, s.ID))
		}
		if err := opener.Session(origin, s); err != nil {
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrSealBroken) {
				t.Error(err)
			}
			if err := opener.Session(origin, sealer.Session()); err != nil {
				t.Fatal(err)
			}
		}
		r := Record{Seq: 1, AnswerID: uuid.UUID{1}, Session: s.ID, Nonce: 1}
		r.Sealed = sealer.aead.Seal(nil, nonceFor(forRecords, 1), packed, recordData(origin, &r))
		if _, _, err := opener.Open(origin, r); err != nil && !errors.Is(err, ErrMalformed) {
			t.Error(err)
		}
		if b, err := parseBody(canonical); err == nil {
			if _, err := CanonicalBody(b); err != nil {
				t.Log(err) // a year that JSON has no form for
			}
		} else if !errors.Is(err, ErrMalformed) {
			t.Error(err)
		}
	})
}

// FuzzSession holds that no bytes in a session end the program, and that only its own opens.
func FuzzSession(f *testing.F) {
	private, public, err := NewSealingKey(rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	sealer, err := NewSealer(Recipients{Collector: public}, Origin{1}, nil, rand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	own := sealer.Session()
	f.Add(own.Enc, own.Escrow, own.Glossary)
	f.Add(own.Enc[:40], own.Enc, []byte{})
	f.Fuzz(func(t *testing.T, enc, escrow, glossary []byte) {
		opener, err := NewOpener(private)
		if err != nil {
			t.Fatal(err)
		}
		err = opener.Session(Origin{1}, Session{ID: own.ID, Enc: enc, Escrow: escrow, Glossary: glossary})
		if err != nil && !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrSealBroken) {
			t.Error(err)
		}
		if err == nil && !bytes.Equal(enc, own.Enc) && !bytes.Equal(escrow, own.Enc) {
			t.Error("a session opens that nobody made")
		}
	})
}
