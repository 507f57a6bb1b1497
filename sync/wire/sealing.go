package wire

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/google/uuid"
)

// The sealing, version 1. A session has a random 32-byte record key. For each recipient an HPKE encapsulation (RFC 9180:
// DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, export-only) exports a key that wraps the record key; encapsulation and wrapped
// key make one slot. Records are sealed under the record key by AES-256-GCM with the nonce 0 ‖ Record.Nonce, the glossary
// with the nonce 1 ‖ 0. The record key and the private half of the encapsulation never leave the process's memory, so
// whoever steals the terminal's disk cannot open what lies on it.
const (
	keyBytes  = 32
	encBytes  = 32
	tagBytes  = 16
	slotBytes = encBytes + keyBytes + tagBytes

	slotInfo    = "otklik/v1/session"
	slotExport  = "otklik/v1/record key"
	forRecords  = 0
	forGlossary = 1
)

var (
	// ErrUnknownSession says that the key of a record is not known: Opener.Session was not called with its session, or so
	// long ago that the key was dropped.
	ErrUnknownSession = errors.New("unknown session")
	// ErrSealBroken says that sealed bytes do not open under the key they name: damaged, or not sealed for this collector.
	ErrSealBroken = errors.New("seal broken")
)

// Recipients are the X25519 public keys records are sealed for.
type Recipients struct {
	Collector []byte
	Escrow    []byte // empty for none
}

// EscrowMark tells escrow keys apart: the first bytes of the public half, as collector keys escrow prints them. It is zero
// for none.
type EscrowMark [8]byte

// EscrowMark is that of the escrow key among the recipients.
func (r Recipients) EscrowMark() (m EscrowMark) {
	copy(m[:], r.Escrow)
	return m
}

// Sealer seals the records of one survey from one start of the terminal program. Its key exists in memory only. A Sealer
// may be used by several goroutines.
type Sealer struct {
	origin  Origin
	session Session
	words   *template
	aead    cipher.AEAD

	mu    sync.Mutex
	nonce uint64 // the last one used
}

// NewSealer makes a key and seals it for the recipients. glossary is what Glossary returned, or empty; random is
// crypto/rand.Reader outside tests (the encapsulations draw from crypto/rand in any case).
func NewSealer(to Recipients, origin Origin, glossary []byte, random io.Reader) (*Sealer, error) {
	if origin == (Origin{}) {
		return nil, errors.New("wire: seal: the outbox has no origin yet; open the outbox first and pass its origin")
	}
	var key [keyBytes]byte
	s := &Sealer{origin: origin}
	if _, err := io.ReadFull(random, key[:]); err != nil {
		return nil, fmt.Errorf("wire: seal: no randomness for a key: %w", err)
	}
	if _, err := io.ReadFull(random, s.session.ID[:]); err != nil {
		return nil, fmt.Errorf("wire: seal: no randomness for a session id: %w", err)
	}
	var err error
	if s.session.Enc, err = wrapKey(to.Collector, key[:], origin, s.session.ID); err != nil {
		return nil, fmt.Errorf("wire: seal: the collector's sealing key: %w; enrol the terminal again", err)
	}
	if len(to.Escrow) > 0 {
		if s.session.Escrow, err = wrapKey(to.Escrow, key[:], origin, s.session.ID); err != nil {
			return nil, fmt.Errorf("wire: seal: the escrow key: %w; check the collector's escrow setting", err)
		}
	}
	if s.aead, err = newAEAD(key[:]); err != nil {
		return nil, err
	}
	packed, err := packGlossary(glossary) // which bounds it
	if err != nil {
		return nil, err
	}
	s.words = newTemplate(glossary)
	s.session.Glossary = s.aead.Seal(nil, nonceFor(forGlossary, 0), packed, sessionData(origin, s.session.ID))
	return s, s.session.Validate()
}

// Session is what the collector needs to open this Sealer's records. The caller must not change it.
func (s *Sealer) Session() Session { return s.session }

// Seal makes the record of one answer. Each call uses a new nonce, so sealing the same body twice gives two records that
// differ; keep the first and resend it. It fails on a body of more than MaxRecordBytes packed.
func (s *Sealer) Seal(seq uint64, answerID uuid.UUID, body *Body) (Record, error) {
	m := memories.Get().(*memory)
	defer m.forget()
	var err error
	if m.canonical, err = appendCanonical(m.canonical[:0], body); err != nil {
		return Record{}, err
	}
	if m.packed, err = s.words.pack(m.packed[:0], m.canonical); err != nil {
		return Record{}, fmt.Errorf("wire: seal seq %d: %w", seq, err)
	}
	if len(m.packed)+tagBytes > MaxRecordBytes {
		return Record{}, fmt.Errorf("wire: seal seq %d: the answer packs to %d bytes, at most %d; shorten the survey's texts",
			seq, len(m.packed), MaxRecordBytes-tagBytes)
	}
	s.mu.Lock()
	s.nonce++
	nonce := s.nonce
	s.mu.Unlock()

	r := Record{Seq: seq, AnswerID: answerID, Session: s.session.ID, Nonce: nonce}
	m.nonce = appendNonce(m.nonce[:0], forRecords, nonce)
	m.data = appendRecordData(m.data[:0], s.origin, &r)
	r.Sealed = s.aead.Seal(nil, m.nonce, m.packed, m.data)
	return r, r.Validate()
}

// memory is that for a body on its way into a record.
type memory struct{ canonical, packed, nonce, data []byte }

var memories = sync.Pool{New: func() any { return new(memory) }}

// forget gives the memory to the next body. What a visitor wrote stays no longer than it must.
func (m *memory) forget() {
	clear(m.canonical)
	clear(m.packed)
	memories.Put(m)
}

// Opener opens records with the collector's private keys. It keeps the keys of recent sessions in memory. An Opener may be
// used by several goroutines.
type Opener struct {
	private []hpke.PrivateKey
	keep    int

	mu       sync.Mutex
	sessions map[sessionName]*OpenedSession
	bytes    int // that sessions take
}

// What bounds the memory of an Opener: a session takes some kilobytes, and as much as its terminal makes of its glossary.
const (
	sessionsKept      = 4096
	sessionsKeptBytes = 64 << 20
	sessionBytes      = 1 << 10 // beside the glossary
)

// KeepSessions has an Opener keep so many sessions, at least one, instead of 4096. It is called before the Opener is used.
func (o *Opener) KeepSessions(n int) { o.keep = n }

type sessionName struct {
	origin Origin
	id     SessionID
}

// OpenedSession opens the records of one session, for as long as somebody holds it.
type OpenedSession struct {
	aead   cipher.AEAD
	words  *tokens
	digest Hash // of the Session it was made from
}

func (s *OpenedSession) bytes() int { return sessionBytes + s.words.bytes() }

// NewOpener takes X25519 private keys, newest first: the collector's, and after an exchange of keys the older ones too.
func NewOpener(private ...[]byte) (*Opener, error) {
	if len(private) == 0 {
		return nil, errors.New("wire: open: no private key given")
	}
	o := &Opener{keep: sessionsKept, sessions: map[sessionName]*OpenedSession{}}
	for i, p := range private {
		k, err := kem().NewPrivateKey(p)
		if err != nil {
			return nil, fmt.Errorf("wire: open: private sealing key %d is not an X25519 key: %w", i+1, err)
		}
		o.private = append(o.private, k)
	}
	return o, nil
}

// Session derives and keeps the key of a session. Call it before Open for every session a batch carries or the store has;
// a session already known costs next to nothing. Errors wrap ErrSealBroken when none of the private keys fits.
func (o *Opener) Session(origin Origin, s Session) error {
	_, err := o.Opened(origin, s)
	return err
}

// Known returns a session that is kept, nil for one that is not, or not any more.
func (o *Opener) Known(origin Origin, id SessionID) *OpenedSession {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.sessions[sessionName{origin, id}]
}

// Opened is Session for a caller that goes on opening records however many other sessions come meanwhile.
func (o *Opener) Opened(origin Origin, s Session) (*OpenedSession, error) {
	name := sessionName{origin, s.ID}
	digest := sessionDigest(&s)
	o.mu.Lock()
	known := o.sessions[name]
	o.mu.Unlock()
	if known != nil && known.digest == digest {
		return known, nil
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	key, err := o.unwrap(origin, &s)
	if err != nil {
		return nil, err
	}
	opened := &OpenedSession{digest: digest}
	if opened.aead, err = newAEAD(key); err != nil {
		return nil, err
	}
	packed, err := opened.aead.Open(nil, nonceFor(forGlossary, 0), s.Glossary, sessionData(origin, s.ID))
	if err != nil {
		return nil, fmt.Errorf("wire: session %s of origin %s: the glossary: %w", s.ID, origin, ErrSealBroken)
	}
	glossary, err := unpackGlossary(packed)
	if err != nil {
		return nil, fmt.Errorf("wire: session %s of origin %s: %w", s.ID, origin, err)
	}
	opened.words = cutUp(glossary)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.forget(name)
	for old := range o.sessions {
		if len(o.sessions) < o.keep && o.bytes+opened.bytes() <= sessionsKeptBytes {
			break
		}
		o.forget(old)
	}
	o.sessions[name] = opened
	o.bytes += opened.bytes()
	return opened, nil
}

// forget lets go of a session, if it is kept; the caller holds the lock.
func (o *Opener) forget(name sessionName) {
	if s := o.sessions[name]; s != nil {
		delete(o.sessions, name)
		o.bytes -= s.bytes()
	}
}

// Open opens a record and returns the body, and the canonical JSON it was sealed with, byte for byte: store that one, it
// keeps fields a newer terminal knows and this program does not. Errors wrap ErrUnknownSession, ErrSealBroken or
// ErrMalformed (sealed rightly, but no Body).
func (o *Opener) Open(origin Origin, r Record) (*Body, []byte, error) {
	canonical, err := o.OpenCanonical(origin, r)
	if err != nil {
		return nil, nil, err
	}
	body, err := parseBody(canonical)
	if err != nil {
		return nil, nil, fmt.Errorf("wire: open seq %d of origin %s: %w", r.Seq, origin, err)
	}
	return body, canonical, nil
}

// OpenCanonical is Open without reading the JSON, several times faster. What it returns need not be a Body.
func (o *Opener) OpenCanonical(origin Origin, r Record) ([]byte, error) {
	return o.Known(origin, r.Session).OpenCanonical(origin, r)
}

// OpenCanonical opens a record of the session, as Opener.OpenCanonical does. No session, nil, opens none.
func (s *OpenedSession) OpenCanonical(origin Origin, r Record) ([]byte, error) {
	if s == nil {
		return nil, fmt.Errorf("wire: open seq %d of origin %s: %w %s", r.Seq, origin, ErrUnknownSession, r.Session)
	}
	packed, err := s.aead.Open(nil, nonceFor(forRecords, r.Nonce), r.Sealed, recordData(origin, &r))
	if err != nil {
		return nil, fmt.Errorf("wire: open seq %d of origin %s: %w", r.Seq, origin, ErrSealBroken)
	}
	canonical, err := s.words.unpack(packed)
	if err != nil {
		return nil, fmt.Errorf("wire: open seq %d of origin %s: %w", r.Seq, origin, err)
	}
	return canonical, nil
}

// unwrap tries every private key on every slot: which is whose changes when keys are exchanged.
func (o *Opener) unwrap(origin Origin, s *Session) ([]byte, error) {
	for _, private := range o.private {
		for _, slot := range [][]byte{s.Enc, s.Escrow} {
			if key, err := unwrapKey(private, slot, origin, s.ID); err == nil {
				return key, nil
			}
		}
	}
	return nil, fmt.Errorf("wire: session %s of origin %s: %w: sealed for another collector or damaged; "+
		"if the collector's key was exchanged, give it the older key too", s.ID, origin, ErrSealBroken)
}

// NewSealingKey makes an X25519 key pair for a collector or an escrow.
func NewSealingKey(random io.Reader) (private, public []byte, err error) {
	if random == nil {
		random = rand.Reader
	}
	private = make([]byte, keyBytes)
	if _, err := io.ReadFull(random, private); err != nil {
		return nil, nil, fmt.Errorf("wire: no randomness for a sealing key: %w", err)
	}
	k, err := ecdh.X25519().NewPrivateKey(private)
	if err != nil {
		return nil, nil, fmt.Errorf("wire: make a sealing key: %w", err)
	}
	return private, k.PublicKey().Bytes(), nil
}

func kem() hpke.KEM { return hpke.DHKEM(ecdh.X25519()) }

func wrapKey(public, key []byte, origin Origin, id SessionID) ([]byte, error) {
	to, err := kem().NewPublicKey(public)
	if err != nil {
		return nil, err
	}
	enc, sender, err := hpke.NewSender(to, hpke.HKDFSHA256(), hpke.ExportOnly(), slotContext(origin, id))
	if err != nil {
		return nil, err
	}
	wrapping, err := sender.Export(slotExport, keyBytes)
	if err != nil {
		return nil, err
	}
	aead, err := newAEAD(wrapping)
	if err != nil {
		return nil, err
	}
	// The wrapping key is used once, so a fixed nonce is right.
	return aead.Seal(enc, make([]byte, aead.NonceSize()), key, nil), nil
}

func unwrapKey(private hpke.PrivateKey, slot []byte, origin Origin, id SessionID) ([]byte, error) {
	if len(slot) != slotBytes {
		return nil, ErrSealBroken
	}
	r, err := hpke.NewRecipient(slot[:encBytes], private, hpke.HKDFSHA256(), hpke.ExportOnly(), slotContext(origin, id))
	if err != nil {
		return nil, err
	}
	wrapping, err := r.Export(slotExport, keyBytes)
	if err != nil {
		return nil, err
	}
	aead, err := newAEAD(wrapping)
	if err != nil {
		return nil, err
	}
	return aead.Open(nil, make([]byte, aead.NonceSize()), slot[encBytes:], nil)
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("wire: AES: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("wire: GCM: %w", err)
	}
	return aead, nil
}

func nonceFor(purpose uint32, counter uint64) []byte {
	return appendNonce(make([]byte, 0, 12), purpose, counter)
}

func appendNonce(to []byte, purpose uint32, counter uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(to, purpose), counter)
}

func slotContext(origin Origin, id SessionID) []byte {
	return append([]byte(slotInfo), sessionData(origin, id)...)
}

func sessionData(origin Origin, id SessionID) []byte {
	data := append(make([]byte, 0, 32), Version)
	data = append(data, origin[:]...)
	return append(data, id[:]...)
}

func recordData(origin Origin, r *Record) []byte {
	return appendRecordData(make([]byte, 0, 64), origin, r)
}

func appendRecordData(to []byte, origin Origin, r *Record) []byte {
	data := append(append(to, Version), origin[:]...)
	data = binary.BigEndian.AppendUint64(data, r.Seq)
	data = append(data, r.AnswerID[:]...)
	return append(data, r.Session[:]...)
}

func sessionDigest(s *Session) Hash {
	h := sha256.New()
	for _, part := range [][]byte{s.ID[:], s.Enc, s.Escrow, s.Glossary} {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		h.Write(part)
	}
	return Hash(h.Sum(nil))
}
