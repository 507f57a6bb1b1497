package ingest_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

const benchRecords = 10_000

// bareSettings are the store's.
const bareSettings = "?_pragma=busy_timeout(10000)&_pragma=page_size(8192)&_pragma=journal_mode(WAL)" +
	"&_pragma=wal_autocheckpoint(4000)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_txlock=immediate"

// BenchmarkUpload uploads 10,000 records of one terminal over HTTP, batch after batch as an agent does, and inserts the
// same bytes bare: the same SQLite settings, the same transactions, one prepared insert a record. "ratio" is bare time
// over upload time where bare writes the same columns and keeps the same indexes; "ratio-bodies" where it writes nothing
// but the bodies, into a table without an index.
func BenchmarkUpload(b *testing.B) {
	var upload, rows, bodies time.Duration
	for b.Loop() {
		b.StopTimer()
		c := mustCollector(b)
		m := mustTerminal(b, c, "Левый")
		var batches []wire.Batch
		var encoded [][]byte
		for first := uint64(1); first <= benchRecords; first += wire.MaxBatchRecords {
			batch := m.batch()
			for seq := first; seq < first+wire.MaxBatchRecords; seq++ {
				comment := fmt.Sprintf("Ждали %d минут, потом всё сделали быстро", seq%60)
				batch.Records = append(batch.Records, m.record(seq, comment))
			}
			batches = append(batches, batch)
			encoded = append(encoded, encode(b, batch))
		}
		b.StartTimer()

		start := time.Now()
		for i := range batches {
			m.sendBytes(encoded[i], batches[i])
		}
		upload += time.Since(start)

		b.StopTimer()
		kept := c.kept(b)
		if len(kept) != benchRecords {
			b.Fatalf("%d responses", len(kept))
		}
		rows += insertBare(b, kept, bareRows)
		bodies += insertBare(b, kept, bareBodies)
		b.StartTimer()
	}
	b.ReportMetric(float64(benchRecords*b.N)/upload.Seconds(), "records/s")
	b.ReportMetric(rows.Seconds()/upload.Seconds(), "ratio")
	b.ReportMetric(bodies.Seconds()/upload.Seconds(), "ratio-bodies")
}

// bare is a way to insert responses with nothing around it.
type bare struct {
	tables, insert string
	args           func(r *store.Response) []any
}

var bareRows = bare{
	`CREATE TABLE responses (id INTEGER PRIMARY KEY, origin BLOB NOT NULL, seq INTEGER NOT NULL, answer_id BLOB NOT NULL,
		terminal BLOB NOT NULL, survey TEXT NOT NULL, version TEXT NOT NULL, number INTEGER NOT NULL, language TEXT NOT NULL,
		audience TEXT NOT NULL, started INTEGER NOT NULL, submitted INTEGER NOT NULL, clock_trusted INTEGER NOT NULL,
		received INTEGER NOT NULL, seconds INTEGER NOT NULL, hash BLOB NOT NULL, body BLOB NOT NULL);
	CREATE UNIQUE INDEX responses_key ON responses (origin, seq, answer_id);
	CREATE INDEX responses_survey ON responses (survey)`,
	`INSERT INTO responses (origin, seq, answer_id, terminal, survey, version, number, language, audience, started, submitted,
		clock_trusted, received, seconds, hash, body) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
	func(r *store.Response) []any {
		return []any{
			r.Origin[:], int64(r.Seq), r.AnswerID[:], r.Terminal[:], r.Survey, r.Version, r.Number, r.Language, r.Audience,
			r.Started.UnixMilli(), r.Submitted.UnixMilli(), r.ClockTrusted, r.Received.UnixMilli(), r.Seconds, r.Hash[:], r.Body,
		}
	},
}

var bareBodies = bare{
	"CREATE TABLE bodies (id INTEGER PRIMARY KEY, body BLOB NOT NULL)",
	"INSERT INTO bodies (body) VALUES (?)",
	func(r *store.Response) []any { return []any{r.Body} },
}

func insertBare(b *testing.B, responses []store.Response, how bare) time.Duration {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+bareSettings)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(how.tables); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	for len(responses) > 0 {
		n := min(wire.MaxBatchRecords, len(responses))
		tx, err := db.Begin()
		if err != nil {
			b.Fatal(err)
		}
		insert, err := tx.Prepare(how.insert)
		if err != nil {
			b.Fatal(err)
		}
		for i := range responses[:n] {
			if _, err := insert.Exec(how.args(&responses[i])...); err != nil {
				b.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
		responses = responses[n:]
	}
	return time.Since(start)
}
