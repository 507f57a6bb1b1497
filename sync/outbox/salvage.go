package outbox

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"os"
	"slices"

	"github.com/google/uuid"

	"otklik/sync/wire"
)

// Salvaged is what can still be read of a damaged outbox file: every record that fits its checksum, wherever in the file it
// lies and whatever became of the pages around it.
type Salvaged struct {
	path   string
	origin wire.Origin
	// Found are the seqs of the records, Missing those that were given out, as far as the file still tells, and are not
	// among them: acknowledged and deleted long since, or lost. The collector knows which it has.
	Found, Missing wire.Ranges

	places   []place // in the order of seq; of several answers under one, in that of their names
	sessions map[wire.SessionID]wire.Session
}

// place is where a record lies. A seq may have been given twice: when the power goes between the two last writes of a
// commit, the record of an answer that nobody was thanked for stays in a free page, and the next one gets its seq. Nothing
// in the file tells which is which, so both are saved, and the collector keeps both.
type place struct {
	seq    uint64
	answer uuid.UUID
	at     int64
	bytes  int
}

func (p place) compare(q place) int {
	return cmp.Or(cmp.Compare(p.seq, q.seq), bytes.Compare(p.answer[:], q.answer[:]))
}

// named is what tells records apart.
type named struct {
	seq    uint64
	answer uuid.UUID
}

const (
	scanStep = 1 << 20
	scanOver = wire.MaxRecordBytes + 64<<10 // more than a record or a session takes, so that one is whole in some window
)

// Salvage reads through the file at path, which may be damaged in any way, and changes nothing in it; whose it is, the small
// file beside it says, or else what is found inside. A record that was
// settled or deleted may be found as it was before: offering it again does no harm. The error says that the file cannot be
// read at all, or that nothing tells whose it is.
func Salvage(path string) (*Salvaged, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("outbox: salvage: %w", err)
	}
	defer f.Close()
	s := scan{
		records: map[named]place{}, sessions: map[string]*candidate[wire.Session]{}, origins: map[string]*candidate[wire.Origin]{},
	}
	window := make([]byte, scanStep+scanOver)
	for at := int64(0); ; at += scanStep {
		n, err := f.ReadAt(window, at)
		if n > 0 {
			s.window(window[:n], at)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			// A part of the disk that cannot be read is passed over: what follows may be sound.
			if info, statErr := f.Stat(); statErr != nil || at > info.Size() {
				return nil, fmt.Errorf("outbox: salvage %s: %w", path, err)
			}
		}
	}
	return s.result(path)
}

// candidate is something that stands in the file several times, as pages are rewritten, and has no checksum of its own: what
// is there most often is taken for true.
type candidate[T any] struct {
	value T
	times int
}

type scan struct {
	records  map[named]place
	sessions map[string]*candidate[wire.Session]
	origins  map[string]*candidate[wire.Origin]
	last     []uint64 // what buckets say was the last seq given out
}

var (
	beforeOrigin   = append(append(bytes.Clone(formatKey), format), originKey...)
	beforeSequence = queuedBucket
)

// window looks at each byte of which scanStep at most begin something here; what begins later is for the next window.
func (s *scan) window(data []byte, at int64) {
	for i := 0; i < min(scanStep, len(data)); i++ {
		rest := data[i:]
		switch {
		case rest[0] == wire.Version:
			// A map, its key 1, and in it a record (a map with its key 1) or the 8 bytes of a session's name.
			if len(rest) < 5 || rest[1]&0xf0 != 0xa0 || rest[2] != 1 {
				break
			}
			switch {
			case rest[3] == 0xa5 && rest[4] == 1:
				s.record(rest, at+int64(i))
			case rest[3] == 0x48:
				s.session(rest)
			}
		case bytes.HasPrefix(rest, beforeOrigin):
			var origin wire.Origin
			if v := rest[len(beforeOrigin):]; len(v) >= len(origin) && origin.UnmarshalBinary(v[:len(origin)]) == nil && origin != (wire.Origin{}) {
				vote(s.origins, origin[:], origin)
			}
		case bytes.HasPrefix(rest, beforeSequence):
			if v := rest[len(beforeSequence):]; len(v) >= bucketHead {
				s.last = append(s.last, binary.NativeEndian.Uint64(v[8:]))
			}
		}
	}
}

// cut bounds what is decoded at one place.
func cut(data []byte) []byte { return data[:min(len(data), scanOver)] }

func (s *scan) record(data []byte, at int64) {
	data = cut(data)
	var e entry
	rest, err := wire.DecodeFirst(data, &e)
	if err != nil || len(rest) < 4 {
		return
	}
	body := len(data) - len(rest)
	if crc32.Checksum(data[:body], castagnoli) != binary.BigEndian.Uint32(rest) || e.Record.Validate() != nil {
		return
	}
	s.records[named{e.Record.Seq, e.Record.AnswerID}] = place{e.Record.Seq, e.Record.AnswerID, at, body + 4}
}

func (s *scan) session(data []byte) {
	data = cut(data)
	var found wire.Session
	rest, err := wire.DecodeFirst(data, &found)
	if err != nil || found.Validate() != nil {
		return
	}
	vote(s.sessions, data[:len(data)-len(rest)], found)
}

func vote[T any](all map[string]*candidate[T], name []byte, value T) {
	if known := all[string(name)]; known != nil {
		known.times++
		return
	}
	all[string(name)] = &candidate[T]{value, 1}
}

func (s *scan) result(path string) (*Salvaged, error) {
	out := &Salvaged{path: path, sessions: map[wire.SessionID]wire.Session{}}
	votes := map[wire.SessionID]int{}
	for _, c := range s.sessions {
		if c.times > votes[c.value.ID] {
			votes[c.value.ID], out.sessions[c.value.ID] = c.times, c.value
		}
	}
	var told bool
	if out.origin, told = s.origin(path); !told {
		return nil, fmt.Errorf("outbox: salvage %s: %w: it does not tell its origin, without which no record can be opened; "+
			"is it the file of another program?", path, ErrDamaged)
	}
	last := uint64(0)
	for _, p := range s.records {
		out.places = append(out.places, p)
		last = max(last, p.seq)
	}
	slices.SortFunc(out.places, place.compare)
	// A count that is damaged may say anything; one far beyond all records is not believed.
	for _, said := range s.last {
		if said > last && said-last <= uint64(len(out.places))+1000 {
			last = said
		}
	}
	next := uint64(1)
	for _, p := range out.places {
		out.Found = out.Found.With(p.seq)
		if p.seq > next {
			out.Missing = append(out.Missing, wire.Range{First: next, Last: p.seq - 1})
		}
		next = p.seq + 1
	}
	if next <= last {
		out.Missing = append(out.Missing, wire.Range{First: next, Last: last})
	}
	return out, nil
}

// surely is how often an origin has to stand in a file for it to count against what stands beside.
const surely = 2

// origin is the one that the small file beside says, unless the damaged file itself names another several times, and that
// one never: then the one beside was left by another outbox.
func (s *scan) origin(path string) (origin wire.Origin, told bool) {
	beside, told := originBeside(path)
	most := 0
	for _, c := range s.origins {
		if told && c.value == beside {
			return beside, true
		}
		if c.times > most {
			most, origin = c.times, c.value
		}
	}
	if told && most < surely {
		return beside, true
	}
	return origin, most > 0
}

// Origin is the name of the damaged outbox.
func (s *Salvaged) Origin() wire.Origin { return s.origin }

// Rescue writes all records that were found into a bundle, sealed as they are, and returns how many. What the disk does not
// give any more is then among Missing. The bundle is not closed.
func (s *Salvaged) Rescue(to *wire.BundleWriter) (int, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return 0, fmt.Errorf("outbox: rescue: %w", err)
	}
	defer f.Close()
	batch, size, total := wire.Batch{Origin: s.origin}, 0, 0
	carried := map[wire.SessionID]bool{}
	flush := func() error {
		if len(batch.Records) == 0 {
			return nil
		}
		total += len(batch.Records)
		err := to.Batch(batch)
		batch, size = wire.Batch{Origin: s.origin}, 0
		clear(carried)
		return err
	}
	given := wire.Ranges{}
	for _, p := range s.places {
		data := make([]byte, p.bytes)
		_, err := f.ReadAt(data, p.at)
		var e entry
		if err == nil {
			e, err = decodeEntry(seqKey(p.seq), data)
		}
		if err != nil {
			slog.Warn("a record that was found is not given any more", "file", s.path, "seq", p.seq, "err", err)
			continue
		}
		given = given.With(p.seq)
		n := len(batch.Records)
		if n == wire.MaxBatchRecords || n > 0 && batch.Records[n-1].Seq == p.seq || size+len(data) > wire.MaxBatchBytes {
			if err := flush(); err != nil {
				return total, fmt.Errorf("outbox: rescue: %w", err)
			}
		}
		if session, known := s.sessions[e.Record.Session]; known && !carried[session.ID] {
			batch.Sessions = append(batch.Sessions, session)
			carried[session.ID] = true
			size += len(session.Enc) + len(session.Escrow) + len(session.Glossary)
		}
		batch.Records = append(batch.Records, e.Record)
		size += len(data)
	}
	if err := flush(); err != nil {
		return total, fmt.Errorf("outbox: rescue: %w", err)
	}
	for _, p := range s.places {
		if !given.Contains(p.seq) {
			s.Missing = s.Missing.With(p.seq)
		}
	}
	s.Found = given
	return total, nil
}
