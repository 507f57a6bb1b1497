package wire_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"otklik/sync/wire"
)

var update = flag.Bool("update", false, "write the golden files anew: only for a message that no released program knows")

// samples are messages of each type, with every field set in one of them.
func samples() map[string]any {
	origin, epoch := wire.Origin{1, 2, 3, 15: 16}, wire.Epoch{9, 15: 8}
	at := time.Date(2026, 11, 23, 9, 30, 15, 120_000_000, time.UTC)
	surveys := []wire.SurveyRef{{ID: "exit-poll", Version: "0123456789abcdef", Number: 3}}
	marked := []wire.SurveyRef{surveys[0], {
		ID: "law", Version: "fedcba9876543210", Number: 1,
		Tickets: [][8]byte{{1, 7: 8}, wire.TicketMark("law", "1234567894")},
	}}
	config := wire.TerminalConfig{
		Version: 7, Site: "Набережные Челны", Name: "зал 1", Surveys: surveys, Language: "tt",
		IdleSeconds: 40, KeepDays: 14, KeepBytes: 64 << 20,
	}
	return map[string]any{
		"batch": wire.Batch{
			Origin: origin,
			Sessions: []wire.Session{{
				ID: wire.SessionID{1, 7: 8}, Enc: bytes.Repeat([]byte{2}, 80), Escrow: bytes.Repeat([]byte{3}, 80),
				Glossary: []byte{4, 5},
			}},
			Records: []wire.Record{
				{Seq: 1, AnswerID: terminalID, Session: wire.SessionID{1, 7: 8}, Nonce: 1, Sealed: []byte{6, 7}},
				{Seq: 300, AnswerID: terminalID, Session: wire.SessionID{9}, Nonce: 1 << 40, Sealed: []byte{8}},
			},
		},
		"receipt": wire.Receipt{
			Origin: origin, Batch: wire.Hash{5, 31: 6}, Epoch: epoch, Time: at,
			Decisions: []wire.Decision{
				{Seq: 1, AnswerID: terminalID, Verdict: wire.Stored},
				{Seq: 300, AnswerID: terminalID, Verdict: wire.Quarantined, Reason: "unknown session"},
			},
		},
		"receipt-standing": wire.Receipt{
			Origin: origin, Epoch: epoch, Time: at, Backups: true, Safe: wire.Ranges{{1, 3}, {7, 900}},
		},
		"receipt-standing-escrow": wire.Receipt{
			Origin: origin, Epoch: epoch, Time: at, Backups: true, EscrowKey: bytes.Repeat([]byte{3}, 32),
		},
		"receipt-standing-no-escrow": wire.Receipt{Origin: origin, Epoch: epoch, Time: at, Backups: true, NoEscrow: true},
		"heartbeat": wire.Heartbeat{
			Origin: origin, Beat: 12, Version: "0.1.0", Time: at, Boot: "1f3a9c07", Queued: 3, Oldest: at.Add(-time.Hour),
			FirstSeq: 1, LastSeq: 900, DiskFree: 1 << 33, Surveys: surveys, Config: 7, Problem: "printer on fire", Display: "1080x1920@32",
			Kept: wire.Kept{Stored: 7, Safe: 800, Again: 2}, Filled: epoch,
			Taps: []wire.TapMap{{
				ID: [8]byte{1, 7: 2}, Survey: "exit-poll", Version: "0123456789abcdef", Columns: wire.TapsShort, Cells: []uint32{3, 0, 70000},
			}},
		},
		"heartbeat-escrow": wire.Heartbeat{Origin: origin, Beat: 13, Escrow: wire.EscrowMark{1, 7: 8}},
		"heartbeat-troubles": wire.Heartbeat{
			Origin: origin, Beat: 12, Time: at, Problem: "printer on fire",
			Troubles: []wire.Trouble{{Reason: wire.TroubleDiskSoon, Count: 5}, {Reason: "refused"}},
		},
		"heartbeat-reply": wire.HeartbeatReply{
			Origin: origin, Beat: 12, Epoch: epoch, Time: at, Config: config, Backups: true, Safe: wire.Ranges{{1, 3}, {7, 900}},
		},
		"heartbeat-reply-escrow": wire.HeartbeatReply{
			Origin: origin, Beat: 12, Epoch: epoch, Time: at, Config: config, EscrowKey: bytes.Repeat([]byte{3}, 32),
		},
		"heartbeat-reply-missing": wire.HeartbeatReply{
			Origin: origin, Beat: 12, Epoch: epoch, Time: at, Missing: wire.Ranges{{4, 4}, {9, 20}},
		},
		"heartbeat-reply-stale": wire.HeartbeatReply{Origin: origin, Beat: 12, Epoch: epoch, Time: at, Stale: true},
		"heartbeat-reply-tickets": wire.HeartbeatReply{
			Origin: origin, Beat: 12, Epoch: epoch, Time: at, Config: wire.TerminalConfig{Version: 7, Surveys: marked},
			Backups: true, Safe: wire.Ranges{{1, 3}},
		},
		"offer": wire.Offer{Origin: origin, Epoch: epoch, Held: []wire.Held{
			{First: 1, Last: 128, Sum: wire.Sum{1, 15: 2}}, {First: 300, Last: 300, Sum: wire.Sum{3}},
		}},
		"offer-reply": wire.OfferReply{
			Origin: origin, Offer: wire.Hash{5, 31: 6}, Epoch: epoch, Missing: wire.Ranges{{1, 128}, {300, 300}},
		},
		"enrol-request": wire.EnrolRequest{
			Code: "0123-4567-89AB-CDEF-GHJK-MNPQ", Origin: origin, PublicKey: bytes.Repeat([]byte{7}, 32), Version: "0.1.0", OwnPIN: true,
		},
		"enrol-reply": wire.EnrolReply{
			Terminal: terminalID, Origin: origin, SigningKey: bytes.Repeat([]byte{1}, 32),
			SealingKey: bytes.Repeat([]byte{2}, 32), EscrowKey: bytes.Repeat([]byte{3}, 32), Epoch: epoch, Config: config,
		},
		"revocation": wire.Revocation{Terminal: terminalID, Request: wire.Hash{5, 31: 6}, Time: at},
		"terminal-config": wire.TerminalConfig{
			Version: 7, Site: "Набережные Челны", Name: "зал 1", Surveys: marked, Language: "tt", IdleSeconds: 40, KeepDays: 14,
			KeepBytes: 64 << 20, PIN: "$argon2id$", Leave: true, Rate: 9000, Hours: "mon-fri 09:00-18:00",
			Improvements: []wire.Improvement{{Text: map[string]string{"ru": "Теперь светло"}, Until: at}},
		},
		"succession": wire.Succession{
			From: bytes.Repeat([]byte{1}, 32), SigningKey: bytes.Repeat([]byte{2}, 32), SealingKey: bytes.Repeat([]byte{3}, 32), Time: at,
		},
		"successions": wire.Successions{Chain: [][]byte{{1, 2}, {3}}},
		"signed":      wire.Signed{Payload: []byte{1, 2}, Signature: bytes.Repeat([]byte{9}, 64)},
	}
}

func TestEncodingsNeverChange(t *testing.T) {
	set := map[reflect.Type]map[string]bool{}
	for name, msg := range samples() {
		data, err := wire.Encode(msg)
		ok(t, err)
		got := hex.EncodeToString(data) + "\n"
		path := filepath.Join("testdata", "golden", name+".hex")
		if *update {
			ok(t, os.MkdirAll(filepath.Dir(path), 0o755))
			ok(t, os.WriteFile(path, []byte(got), 0o644))
		}
		want, err := os.ReadFile(path)
		ok(t, err)
		if got != string(want) {
			t.Errorf("%s is encoded as\n%swant\n%s", name, got, want)
		}
		if data[0] != wire.Version {
			t.Errorf("%s starts with %d, not the version", name, data[0])
		}
		back := reflect.New(reflect.TypeOf(msg))
		ok(t, wire.Decode(data, back.Interface()))
		if !reflect.DeepEqual(back.Elem().Interface(), msg) {
			t.Errorf("%s came back as\n%+v\nwant\n%+v", name, back.Elem(), msg)
		}
		kind := reflect.TypeOf(msg)
		if set[kind] == nil {
			set[kind] = map[string]bool{}
		}
		for i := range kind.NumField() {
			if !reflect.ValueOf(msg).Field(i).IsZero() {
				set[kind][kind.Field(i).Name] = true
			}
		}
	}
	for kind, fields := range set {
		for i := range kind.NumField() {
			if name := kind.Field(i).Name; !fields[name] {
				t.Errorf("%s: the samples leave %s empty, so nothing holds its encoding", kind, name)
			}
		}
	}
}

func TestMessagesOfALaterProgramAreRead(t *testing.T) {
	type later struct {
		Payload []byte            `cbor:"1,keyasint"`
		New     map[string]string `cbor:"99,keyasint"`
	}
	data, err := wire.Encode(later{Payload: []byte{1}, New: map[string]string{"a": "b"}})
	ok(t, err)
	var s wire.Signed
	if err := wire.Decode(data, &s); err != nil || !bytes.Equal(s.Payload, []byte{1}) {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestUnsoundBytesAreRefused(t *testing.T) {
	good, err := wire.Encode(samples()["signed"])
	ok(t, err)
	for name, c := range map[string]struct {
		data []byte
		into any
	}{
		"nothing":             {nil, &wire.Signed{}},
		"version alone":       {[]byte{wire.Version}, &wire.Signed{}},
		"another version":     {append([]byte{2}, good[1:]...), &wire.Signed{}},
		"trailing byte":       {append(bytes.Clone(good), 0), &wire.Signed{}},
		"cut short":           {good[:len(good)-1], &wire.Signed{}},
		"key twice":           {[]byte{1, 0xa2, 1, 0x41, 0, 1, 0x41, 1}, &wire.Signed{}},
		"indefinite length":   {[]byte{1, 0xbf, 1, 0x41, 0, 0xff}, &wire.Signed{}},
		"tag":                 {[]byte{1, 0xa1, 1, 0xc2, 0x41, 0}, &wire.Signed{}},
		"text for bytes":      {[]byte{1, 0xa1, 1, 0x61, 'a'}, &wire.Signed{}},
		"origin too short":    {[]byte{1, 0xa1, 1, 0x42, 1, 2}, &wire.Batch{}},
		"origin too long":     {append([]byte{1, 0xa1, 1, 0x51}, make([]byte, 17)...), &wire.Batch{}},
		"answer_id too short": {[]byte{1, 0xa1, 2, 0x42, 1, 2}, &wire.Record{}},
		"deep nesting":        {append(bytes.Repeat([]byte{0x81}, 40), 0), &wire.Signed{}},
		"a million claimed":   {[]byte{1, 0xa1, 3, 0x9a, 0, 0x0f, 0x42, 0x40}, &wire.Batch{}},
		"bad UTF-8":           {[]byte{1, 0xa1, 3, 0x62, 0xff, 0xfe}, &wire.Heartbeat{}},
		"negative seq":        {[]byte{1, 0xa1, 1, 0x20}, &wire.Record{}},
	} {
		if err := wire.Decode(c.data, c.into); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBatchesOutOfBoundsAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*wire.Batch){
		"no origin":          func(b *wire.Batch) { b.Origin = wire.Origin{} },
		"no records":         func(b *wire.Batch) { b.Records = nil },
		"too many":           func(b *wire.Batch) { b.Records = make([]wire.Record, wire.MaxBatchRecords+1) },
		"wrong order":        func(b *wire.Batch) { b.Records[1].Seq = 1 },
		"seq 0":              func(b *wire.Batch) { b.Records[0].Seq = 0 },
		"no answer_id":       func(b *wire.Batch) { b.Records[0].AnswerID = uuid.Nil },
		"no session":         func(b *wire.Batch) { b.Records[0].Session = wire.SessionID{} },
		"no nonce":           func(b *wire.Batch) { b.Records[0].Nonce = 0 },
		"nothing sealed":     func(b *wire.Batch) { b.Records[0].Sealed = nil },
		"too large":          func(b *wire.Batch) { b.Records[0].Sealed = make([]byte, wire.MaxRecordBytes+1) },
		"session twice":      func(b *wire.Batch) { b.Sessions = append(b.Sessions, b.Sessions[0]) },
		"too many sessions":  func(b *wire.Batch) { b.Sessions = make([]wire.Session, 3) },
		"session without id": func(b *wire.Batch) { b.Sessions[0].ID = wire.SessionID{} },
		"short key slot":     func(b *wire.Batch) { b.Sessions[0].Enc = b.Sessions[0].Enc[1:] },
		"short escrow slot":  func(b *wire.Batch) { b.Sessions[0].Escrow = b.Sessions[0].Escrow[1:] },
		"no glossary":        func(b *wire.Batch) { b.Sessions[0].Glossary = nil },
	} {
		b := samples()["batch"].(wire.Batch)
		ok(t, b.Validate())
		spoil(&b)
		if err := b.Validate(); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := wire.DecodeBatch(make([]byte, wire.MaxBodyBytes+1)); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("a body over the bound: %v", err)
	}
}

func collectorKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{3}, 32)) }

func TestSignedMessagesHoldOnlyForTheirKeyAndContext(t *testing.T) {
	key := collectorKey()
	pub := key.Public().(ed25519.PublicKey)
	data, err := wire.Sign(wire.ReceiptContext, key, samples()["receipt"])
	ok(t, err)
	var r wire.Receipt
	ok(t, wire.OpenSigned(wire.ReceiptContext, pub, data, &r))
	if !reflect.DeepEqual(r, samples()["receipt"]) {
		t.Errorf("came back as %+v", r)
	}
	for name, err := range map[string]error{
		"another context": wire.OpenSigned(wire.HeartbeatContext, pub, data, &wire.Receipt{}),
		"another key":     wire.OpenSigned(wire.ReceiptContext, terminalKey.Public().(ed25519.PublicKey), data, &wire.Receipt{}),
	} {
		if !errors.Is(err, wire.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		changed := bytes.Clone(data)
		bit := rapid.IntRange(0, len(data)*8-1).Draw(t, "bit")
		changed[bit/8] ^= 1 << (bit % 8)
		var r wire.Receipt
		if err := wire.OpenSigned(wire.ReceiptContext, pub, changed, &r); err == nil || !reflect.DeepEqual(r, wire.Receipt{}) {
			t.Errorf("opened with bit %d flipped: %v, %+v", bit, err, r)
		}
	})
}

func TestEnrolReplyHoldsOnlyForTheCodeOfItsCollector(t *testing.T) {
	key := collectorKey()
	pub := key.Public().(ed25519.PublicKey)
	code, err := wire.NewCode(bytes.NewReader(bytes.Repeat([]byte{0xa5}, 10)), pub)
	ok(t, err)
	reply := samples()["enrol-reply"].(wire.EnrolReply)
	reply.SigningKey = pub
	data, err := wire.Sign(wire.EnrolContext, key, reply)
	ok(t, err)
	got, err := wire.OpenEnrolReply(data, code)
	ok(t, err)
	if !reflect.DeepEqual(got, reply) {
		t.Errorf("came back as %+v", got)
	}
	between := terminalKey // a go-between puts a key of its own in
	forged := reply
	forged.SigningKey = between.Public().(ed25519.PublicKey)
	for name, c := range map[string]struct {
		key   ed25519.PrivateKey
		reply wire.EnrolReply
	}{"its own key": {between, forged}, "the real key, signed by another": {between, reply}} {
		data, err := wire.Sign(wire.EnrolContext, c.key, c.reply)
		ok(t, err)
		if _, err := wire.OpenEnrolReply(data, code); !errors.Is(err, wire.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCodesAreReadAsPeopleTypeThem(t *testing.T) {
	pub := collectorKey().Public().(ed25519.PublicKey)
	rapid.Check(t, func(t *rapid.T) {
		code, err := wire.NewCode(bytes.NewReader(rapid.SliceOfN(rapid.Byte(), 10, 10).Draw(t, "random")), pub)
		if err != nil {
			t.Fatal(err)
		}
		text := code.String()
		if len(text) != 29 || strings.Count(text, "-") != 5 || strings.ToUpper(text) != text {
			t.Fatalf("written as %q", text)
		}
		for _, typed := range []string{
			text, strings.ToLower(text), strings.ReplaceAll(text, "-", " "), strings.ReplaceAll(text, "-", ""),
			" " + text + "\r\n", strings.ReplaceAll(text, "0", "O"), strings.ReplaceAll(text, "1", "l"),
			strings.ReplaceAll(text, "1", "I"), strings.ReplaceAll(text, "-", "—"),
		} {
			if got, err := wire.ParseCode(typed); err != nil || got != code {
				t.Fatalf("%q read as %v, %v", typed, got, err)
			}
		}
		if !code.Matches(pub) || code.Matches(terminalKey.Public().(ed25519.PublicKey)) {
			t.Fatal("the fingerprint does not tell collectors apart")
		}
	})
	for _, typed := range []string{"", "0123", "0123-4567-89AB-CDEF-GHJK-MNP", "0123-4567-89AB-CDEF-GHJK-MNPQR", "0123-4567-89AB-CDEF-GHJK-MNPU", "привет"} {
		if _, err := wire.ParseCode(typed); !errors.Is(err, wire.ErrCode) {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

// A batch sealed by the first version of the packing and sealing opens for ever.
func TestRecordsSealedByTheFirstVersionOpen(t *testing.T) {
	folder := filepath.Join("testdata", "sealed")
	batchFile, keyFile, jsonFile := filepath.Join(folder, "v1.batch"), filepath.Join(folder, "v1.key"), filepath.Join(folder, "v1.json")
	if *update {
		survey := twentyQuestions(t)
		private, public, err := wire.NewSealingKey(nil)
		ok(t, err)
		b := wire.Batch{Origin: wire.Origin{1, 2, 3}}
		s, err := wire.NewSealer(wire.Recipients{Collector: public}, b.Origin, wire.Glossary(survey), bytes.NewReader(bytes.Repeat([]byte{5}, 100)))
		ok(t, err)
		b.Sessions = []wire.Session{s.Session()}
		var bodies []byte
		for seq := range uint64(3) {
			body := twentyAnswers(survey, seq)
			r, err := s.Seal(seq+1, terminalID, body)
			ok(t, err)
			b.Records = append(b.Records, r)
			canonical, err := wire.CanonicalBody(body)
			ok(t, err)
			bodies = append(append(bodies, canonical...), '\n')
		}
		data, err := wire.Encode(b)
		ok(t, err)
		ok(t, os.MkdirAll(folder, 0o755))
		ok(t, os.WriteFile(batchFile, data, 0o644))
		ok(t, os.WriteFile(keyFile, private, 0o644))
		ok(t, os.WriteFile(jsonFile, bodies, 0o644))
	}
	data, err := os.ReadFile(batchFile)
	ok(t, err)
	private, err := os.ReadFile(keyFile)
	ok(t, err)
	bodies, err := os.ReadFile(jsonFile)
	ok(t, err)
	b, err := wire.DecodeBatch(data)
	ok(t, err)
	opener, err := wire.NewOpener(private)
	ok(t, err)
	ok(t, opener.Session(b.Origin, b.Sessions[0]))
	var got []byte
	for _, r := range b.Records {
		_, canonical, err := opener.Open(b.Origin, r)
		ok(t, err)
		got = append(append(got, canonical...), '\n')
	}
	if !bytes.Equal(got, bodies) {
		t.Errorf("opened\n%s\nwant\n%s", got, bodies)
	}
}
