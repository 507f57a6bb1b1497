package wire

import (
	"time"

	"github.com/google/uuid"

	"otklik/surveys"
)

// Origin names one outbox: random, minted at the first start on a disk. A copied disk has a copied origin, which is how
// a clone shows.
type Origin [16]byte

// Hash is a SHA-256.
type Hash [32]byte

// Body is the sealed content of a record: everything about one answer that only the collector may read.
type Body struct {
	Response surveys.Response `json:"response"`
	Clock    Clock            `json:"clock"`
}

// Clock is what the terminal knew of time when the record was made. Order comes from seq, never from here.
type Clock struct {
	Wall time.Time `json:"wall"` // UTC
	// Monotonic is milliseconds since the terminal program started.
	Monotonic int64 `json:"mono"`
	// Boot is the first 8 hex digits of the machine's boot id.
	Boot string `json:"boot"`
	// Offset is collector time minus terminal time in milliseconds as last seen, and OffsetKnown whether it was ever seen.
	Offset      int64 `json:"offset,omitempty"`
	OffsetKnown bool  `json:"offset_known,omitempty"`
}

// Record is one answer as it lies in the outbox and travels: sealed and immutable from before its first write.
type Record struct {
	Seq      uint64    `cbor:"1,keyasint,omitzero"`
	AnswerID uuid.UUID `cbor:"2,keyasint,omitzero"`
	// Session names the key the record is sealed under.
	Session SessionID `cbor:"3,keyasint,omitzero"`
	// Nonce is the session's counter, never used twice under one key.
	Nonce uint64 `cbor:"4,keyasint,omitzero"`
	// Sealed is the Body under the session's AEAD with (origin, seq, answer_id) as associated data.
	Sealed []byte `cbor:"5,keyasint,omitempty"`
}

// SessionID names one key; random.
type SessionID [8]byte

// Session is what the collector needs to derive the key of records: an HPKE encapsulation for each recipient, and the
// glossary, sealed under the same key, that the bodies are packed with.
type Session struct {
	ID       SessionID `cbor:"1,keyasint,omitzero"`
	Enc      []byte    `cbor:"2,keyasint,omitempty"` // for the collector
	Escrow   []byte    `cbor:"3,keyasint,omitempty"` // for the escrow key; empty when none is configured
	Glossary []byte    `cbor:"4,keyasint,omitempty"` // sealed
}

// Batch is what an upload carries: records of one origin in the order of seq, and the sessions they name.
type Batch struct {
	Origin   Origin    `cbor:"1,keyasint,omitzero"`
	Sessions []Session `cbor:"2,keyasint,omitempty"`
	Records  []Record  `cbor:"3,keyasint,omitempty"`
}

// Bounds of one batch. A collector refuses a batch over MaxBatchRecords or over MaxBodyBytes; an agent fills up to
// MaxBatchRecords or MaxBatchBytes, whichever comes first, and always sends at least one record.
const (
	MaxBatchRecords = 500
	MaxBatchBytes   = 256 << 10
	MaxRecordBytes  = 64 << 10
	MaxBodyBytes    = 1 << 20
)

// Verdict is what the collector did with one record.
type Verdict uint8

// The verdicts. All four mean that the collector has the record and will not lose it; only then may a terminal stop
// sending it.
const (
	Stored      Verdict = 1 // new, and committed
	Duplicate   Verdict = 2 // had it already, byte for byte
	Conflict    Verdict = 3 // same (origin, seq) with another answer_id or another body: both kept, alarm
	Quarantined Verdict = 4 // kept aside, Reason says why
)

// Decision is the verdict on one record.
type Decision struct {
	Seq      uint64    `cbor:"1,keyasint,omitzero"`
	AnswerID uuid.UUID `cbor:"2,keyasint,omitzero"`
	Verdict  Verdict   `cbor:"3,keyasint,omitzero"`
	Reason   string    `cbor:"4,keyasint,omitempty"` // Quarantined and Conflict only; for IT staff, in English
}

// Receipt answers a batch: one decision for each record in it. It counts only inside a Signed envelope whose signature
// holds under the pinned key.
type Receipt struct {
	Origin Origin `cbor:"1,keyasint,omitzero"`
	// Batch is the SHA-256 of the batch's body as sent, so that a receipt cannot answer for another batch.
	Batch     Hash       `cbor:"2,keyasint,omitzero"`
	Epoch     Epoch      `cbor:"3,keyasint,omitzero"`
	Time      time.Time  `cbor:"4,keyasint,omitzero"`
	Decisions []Decision `cbor:"5,keyasint,omitempty"`
	// Backups, Safe and EscrowKey are HeartbeatReply's. They are only in receipts for no batch, which a courier carries, one
	// for each origin: such a one tells a terminal that hears nothing else how the collector stands.
	Backups   bool   `cbor:"6,keyasint,omitzero"`
	Safe      Ranges `cbor:"7,keyasint,omitempty"`
	EscrowKey []byte `cbor:"8,keyasint,omitempty"`
	// NoEscrow says that there is no escrow key. Where neither it nor EscrowKey is there, the collector is one that cannot
	// tell, and what it said before holds.
	NoEscrow bool `cbor:"9,keyasint,omitzero"`
}

// TellsOfEscrow reports whether a receipt says for which escrow key answers are sealed, or that they are for none.
func (r *Receipt) TellsOfEscrow() bool { return r.Standing() && (r.NoEscrow || len(r.EscrowKey) > 0) }

// Standing reports whether a receipt is for no batch.
func (r *Receipt) Standing() bool { return r.Batch == Hash{} }

// Epoch names one life of the collector's store; restoring a backup starts another.
type Epoch [16]byte

// Heartbeat is what a terminal says of itself, at least every few minutes.
type Heartbeat struct {
	Origin Origin `cbor:"1,keyasint,omitzero"`
	// Beat counts the heartbeats of this origin up; a collector ignores one that is not greater than the last (a replay).
	Beat    uint64    `cbor:"2,keyasint,omitzero"`
	Version string    `cbor:"3,keyasint,omitempty"` // of the kiosk program
	Time    time.Time `cbor:"4,keyasint,omitzero"`
	Boot    string    `cbor:"5,keyasint,omitempty"`
	// Queued is how many records wait; Oldest is the wall time of the oldest of them (zero when none).
	Queued uint64    `cbor:"6,keyasint,omitzero"`
	Oldest time.Time `cbor:"7,keyasint,omitzero"`
	// FirstSeq and LastSeq are the range of seq ever given out; the collector knows gaps from them. 0, 0 before the first.
	FirstSeq uint64 `cbor:"8,keyasint,omitzero"`
	LastSeq  uint64 `cbor:"9,keyasint,omitzero"`
	// DiskFree is bytes free where the outbox lies.
	DiskFree uint64 `cbor:"10,keyasint,omitzero"`
	// Surveys lists what the terminal holds, Config the version of its configuration.
	Surveys []SurveyRef `cbor:"11,keyasint,omitempty"`
	Config  uint64      `cbor:"12,keyasint,omitzero"`
	// Problem is the last error in words, "" when all is well.
	Problem string `cbor:"13,keyasint,omitempty"`
	// Display is the size of the glass, in pixels and inches: "1080x1920@32"; "" while there is none. A survey is tried on
	// it before it is published.
	Display string `cbor:"14,keyasint,omitempty"`
	// Kept counts what is acknowledged and still here. Filled is the last epoch of the collector for which the terminal has
	// offered all of it.
	Kept   Kept  `cbor:"15,keyasint,omitzero"`
	Filled Epoch `cbor:"16,keyasint,omitzero"`
	// Taps are the maps that rose since the collector last answered a heartbeat, at most MaxTapMaps.
	Taps []TapMap `cbor:"34,keyasint,omitempty"`
	// Troubles are what Problem says, for programs, which say it in the language of whoever reads: the gravest first, at most
	// MaxTroubles, each reason once. Empty from a program that only has words.
	Troubles []Trouble `cbor:"35,keyasint,omitempty"`
	// Escrow is of the escrow key that answers are sealed for now; zero from a program that does not tell, too.
	Escrow EscrowMark `cbor:"36,keyasint,omitzero"`
}

// Trouble is something that does not work on a terminal.
type Trouble struct {
	// Reason is a stable word: one of package agent's, or of those below.
	Reason string `cbor:"1,keyasint,omitempty"`
	// Count belongs to some reasons.
	Count uint64 `cbor:"2,keyasint,omitzero"`
}

// Reasons of a terminal that are not about what the agent does.
const (
	TroubleDamaged  = "damaged"   // the file of the outbox, which was set aside
	TroubleDiskFull = "disk-full" // nobody is asked until there is room
	TroubleDiskSoon = "disk-soon" // Count days until then
	TroubleCrashed  = "crashed"   // the glass was restarted Count times
)

// MaxTroubles bounds Heartbeat.Troubles.
const MaxTroubles = 16

// Kept counts the acknowledged records on a terminal.
type Kept struct {
	// Stored are in the collector's store, Safe also in its last good backup; a record is one of the two.
	Stored uint64 `cbor:"1,keyasint,omitzero"`
	Safe   uint64 `cbor:"2,keyasint,omitzero"`
	// Again are among those that wait (Heartbeat.Queued): the collector asked for them again after it was restored.
	Again uint64 `cbor:"3,keyasint,omitzero"`
}

// SurveyRef names one version of a survey.
type SurveyRef struct {
	ID      string `cbor:"1,keyasint,omitempty"`
	Version string `cbor:"2,keyasint,omitempty"`
	Number  int    `cbor:"3,keyasint,omitzero"`
	// Tickets are the marks (see TicketMark) of the tickets that let somebody take the survey: issued, not revoked, and not
	// used as far as the collector knows; rising, at most MaxTickets. In a configuration only.
	Tickets [][8]byte `cbor:"4,keyasint,omitempty"`
}

// HeartbeatReply is what the collector answers, Signed. Origin and Beat repeat the heartbeat's.
type HeartbeatReply struct {
	Origin Origin         `cbor:"1,keyasint,omitzero"`
	Beat   uint64         `cbor:"2,keyasint,omitzero"`
	Epoch  Epoch          `cbor:"3,keyasint,omitzero"`
	Time   time.Time      `cbor:"4,keyasint,omitzero"`
	Config TerminalConfig `cbor:"5,keyasint,omitzero"`
	// Backups says that the collector makes backups. Then a terminal keeps what is not in Safe longer: the seqs of this
	// origin that the last good backup has; when they are more than MaxRanges ranges, the highest ones.
	Backups bool   `cbor:"6,keyasint,omitzero"`
	Safe    Ranges `cbor:"7,keyasint,omitempty"`
	// Stale says that the heartbeat was taken for a replay, as its Beat is not greater than the last one of this origin. A
	// terminal whose count fell behind goes on higher up.
	Stale bool `cbor:"8,keyasint,omitzero"`
	// EscrowKey (X25519) is what answers are sealed for from now on beside the collector's own key; empty for none.
	EscrowKey []byte `cbor:"9,keyasint,omitempty"`
	// Missing are the seqs of this origin that should be here, by what the terminal counts, and are not: it sends again what it
	// keeps of them. When they are more than MaxRanges ranges, the lowest ones; some may still wait on the terminal.
	Missing Ranges `cbor:"10,keyasint,omitempty"`
}

// TerminalConfig is what a centre decides for one terminal. It is complete each time: a missing field is its default.
type TerminalConfig struct {
	// Version goes up with every change; 0 is "never configured".
	Version uint64 `cbor:"1,keyasint,omitzero"`
	Site    string `cbor:"2,keyasint,omitempty"`
	Name    string `cbor:"3,keyasint,omitempty"`
	// Surveys are what the terminal offers, in the order of the menu.
	Surveys []SurveyRef `cbor:"4,keyasint,omitempty"`
	// Language is the one the attract screen shows; "" for the first of the first survey.
	Language string `cbor:"5,keyasint,omitempty"`
	// IdleSeconds is how long the glass waits before it asks «Вы ещё здесь?»; 0 for the product's own.
	IdleSeconds int `cbor:"6,keyasint,omitzero"`
	// KeepDays and KeepBytes are the keep window of acknowledged records; 0 for 14 days, 64 MB.
	KeepDays  int   `cbor:"7,keyasint,omitzero"`
	KeepBytes int64 `cbor:"8,keyasint,omitzero"`
	// PIN is the hash of the service corner's PIN, see HashPIN; "" for the one set on the terminal, if any.
	PIN string `cbor:"9,keyasint,omitempty"`
	// Leave says that the service corner offers a way to the desktop.
	Leave bool `cbor:"10,keyasint,omitzero"`
	// Rate is how many bytes a second the uploads of the terminal may take on average; 0 for no bound. It may change without
	// a new Version, with the time of day.
	Rate int64 `cbor:"11,keyasint,omitzero"`
	// Hours are when the centre is open, see surveys.ParseOpenings: outside of them the glass asks nobody and sleeps. "" is
	// always.
	Hours string `cbor:"21,keyasint,omitempty"`
	// Improvements are told on the attract screen, in this order.
	Improvements []Improvement `cbor:"20,keyasint,omitempty"`
}

// Improvement is what the centre changed because of visitors, by language, and from when on it is told no more (zero: it is
// told until it is left out).
type Improvement struct {
	Text  map[string]string `cbor:"1,keyasint,omitempty"`
	Until time.Time         `cbor:"2,keyasint,omitzero"`
}

// EnrolRequest asks to become a terminal of this collector, with a one-time code.
type EnrolRequest struct {
	Code      string `cbor:"1,keyasint,omitempty"`
	Origin    Origin `cbor:"2,keyasint,omitzero"`
	PublicKey []byte `cbor:"3,keyasint,omitempty"` // Ed25519, of the terminal
	Version   string `cbor:"4,keyasint,omitempty"` // of the kiosk program
	// OwnPIN says that a PIN for the service corner was chosen at the terminal, so that it needs none that the collector made.
	OwnPIN bool `cbor:"5,keyasint,omitempty"`
}

// EnrolReply pins the collector's keys. It comes Signed by SigningKey, whose fingerprint is part of the code, so a
// go-between who cannot forge the code cannot put keys of its own in.
type EnrolReply struct {
	Terminal   uuid.UUID      `cbor:"1,keyasint,omitzero"`
	Origin     Origin         `cbor:"2,keyasint,omitzero"`
	SigningKey []byte         `cbor:"3,keyasint,omitempty"` // Ed25519: signs receipts, replies
	SealingKey []byte         `cbor:"4,keyasint,omitempty"` // X25519: records are sealed for it
	EscrowKey  []byte         `cbor:"5,keyasint,omitempty"` // X25519 or empty
	Epoch      Epoch          `cbor:"6,keyasint,omitzero"`
	Config     TerminalConfig `cbor:"7,keyasint,omitzero"`
}

// Problem is the body of every refusal (status 4xx and 5xx), as JSON.
type Problem struct {
	// Code is a short stable word such as "unknown-terminal"; Message says what is wrong and Hint what to do.
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	// Proof is a Signed Revocation where Code is "revoked": without it a terminal goes on asking people.
	Proof []byte `json:"proof,omitempty"`
}

// Revocation says that a terminal was revoked. It counts only Signed, and for the request that it answers.
type Revocation struct {
	Terminal uuid.UUID `cbor:"1,keyasint,omitzero"`
	Request  Hash      `cbor:"2,keyasint,omitzero"` // SHA-256 of the request's body
	Time     time.Time `cbor:"3,keyasint,omitzero"`
}

// Paths of the terminal interface. All bodies but Problem and surveys are what Encode writes.
const (
	PathEnrol     = "/v1/enrol"            // POST EnrolRequest → Signed EnrolReply; not signed by the terminal: it has no name yet
	PathBatches   = "/v1/batches"          // POST Batch → Signed Receipt
	PathHeartbeat = "/v1/heartbeat"        // POST Heartbeat → Signed HeartbeatReply
	PathOffer     = "/v1/offer"            // POST Offer → Signed OfferReply
	PathKeys      = "/v1/keys"             // GET → Successions
	PathAuthority = "/v1/ca"               // GET → the certificate of the centre's own authority, PEM; for anybody, 404 for none
	PathSurveys   = "/v1/surveys/"         // GET {id}/{version} → the survey's YAML source, which must hash to its version
	ContentType   = "application/cbor-seq" // the version byte is an item of its own (RFC 8742)
)
