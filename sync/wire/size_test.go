package wire_test

import (
	"bytes"
	"crypto/sha256"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/sync/wire"
)

// counted counts every byte of its connections, both ways.
type counted struct {
	net.Listener
	total *atomic.Int64
}

func (l counted) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return countedConn{c, l.total}, err
}

type countedConn struct {
	net.Conn
	total *atomic.Int64
}

func (c countedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.total.Add(int64(n))
	return n, err
}

func (c countedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.total.Add(int64(n))
	return n, err
}

// exchange uploads a batch of 100 responses to twenty questions, sealed for collector and escrow, over a TCP connection and
// takes the signed receipt. It returns the bytes of both ways, HTTP included, for each response.
func exchange(t testing.TB) float64 {
	t.Helper()
	const records = 100
	survey := twentyQuestions(t)
	s := mustSeal(t, wire.Glossary(survey))
	batch := wire.Batch{Origin: s.origin, Sessions: []wire.Session{s.sealer.Session()}}
	for i := range uint64(records) {
		r, err := s.sealer.Seal(1000+i, uuid.Must(uuid.NewV7()), twentyAnswers(survey, i))
		ok(t, err)
		batch.Records = append(batch.Records, r)
	}

	var total atomic.Int64
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if _, err := wire.VerifyRequest(r, body, lookup); err != nil {
			t.Error(err)
		}
		b, err := wire.DecodeBatch(body)
		if err != nil {
			t.Error(err)
		}
		receipt := wire.Receipt{Origin: b.Origin, Batch: sha256.Sum256(body), Epoch: wire.Epoch{1}, Time: time.Now()}
		for _, rec := range b.Records {
			if _, _, err := s.opener.Open(b.Origin, rec); err != nil {
				t.Error(err)
			}
			receipt.Decisions = append(receipt.Decisions, wire.Decision{Seq: rec.Seq, AnswerID: rec.AnswerID, Verdict: wire.Stored})
		}
		answer, err := wire.Sign(wire.ReceiptContext, collectorKey(), receipt)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", wire.ContentType)
		w.Write(answer)
	})}
	go server.Serve(counted{listener, &total})
	defer server.Close()

	body, err := wire.Encode(batch)
	ok(t, err)
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(signed(t, http.MethodPost, "http://"+listener.Addr().String()+wire.PathBatches, body))
	ok(t, err)
	data, err := io.ReadAll(answer.Body)
	ok(t, err)
	answer.Body.Close()
	if !bytes.HasPrefix(data, []byte{wire.Version}) {
		t.Fatalf("the collector answered %s", answer.Status)
	}
	return float64(total.Load()) / records
}

func TestTwentyQuestionResponseTakesAtMost300BytesOnTheWire(t *testing.T) {
	if bytes := exchange(t); bytes > 300 {
		t.Errorf("%.1f bytes for each response", bytes)
	}
}

func BenchmarkWireBytes(b *testing.B) {
	bytes := 0.0
	for b.Loop() {
		bytes = exchange(b)
	}
	b.ReportMetric(bytes, "bytes/response")
}
