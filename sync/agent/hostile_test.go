package agent_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/sync/agent"
	"otklik/sync/wire"
)

// replies that a network may bring to a batch, and what they are called. None of them is a receipt.
var hostile = []struct {
	name   string
	reason agent.Reason
	reply  func(t *testing.T, c *collector, w http.ResponseWriter, body []byte, honest func() []byte)
}{
	{"200 with a log-in page", agent.NotOurs, func(_ *testing.T, _ *collector, w http.ResponseWriter, _ []byte, _ func() []byte) {
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte("<html>Войдите в сеть</html>"))
	}},
	{"200 with a page that claims to be a message", agent.Malformed, func(_ *testing.T, _ *collector, w http.ResponseWriter, _ []byte, _ func() []byte) {
		ours(w, []byte("<html>Войдите в сеть</html>"))
	}},
	{"200 with JSON", agent.NotOurs, func(_ *testing.T, _ *collector, w http.ResponseWriter, _ []byte, _ func() []byte) {
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"ok":true}`))
	}},
	{"200 with nothing", agent.Malformed, func(_ *testing.T, _ *collector, w http.ResponseWriter, _ []byte, _ func() []byte) {
		ours(w, nil)
	}},
	{"204", agent.NotOurs, func(_ *testing.T, _ *collector, w http.ResponseWriter, _ []byte, _ func() []byte) {
		w.WriteHeader(http.StatusNoContent)
	}},
	{"202 with the receipt", agent.NotOurs, func(_ *testing.T, _ *collector, w http.ResponseWriter, _ []byte, honest func() []byte) {
		w.Header().Set("Content-Type", wire.ContentType)
		w.WriteHeader(http.StatusAccepted)
		w.Write(honest())
	}},
	{"301", agent.Redirected, redirect(http.StatusMovedPermanently)},
	{"302", agent.Redirected, redirect(http.StatusFound)},
	{"307", agent.Redirected, redirect(http.StatusTemporaryRedirect)},
	{"308", agent.Redirected, redirect(http.StatusPermanentRedirect)},
	{"404", agent.NotOurs, status(http.StatusNotFound)},
	{"403 of a filter", agent.NotOurs, status(http.StatusForbidden)},
	{"400 of a filter", agent.NotOurs, status(http.StatusBadRequest)},
	{"407", agent.Proxy, status(http.StatusProxyAuthRequired)},
	{"429", agent.Unavailable, status(http.StatusTooManyRequests)},
	{"500", agent.Unavailable, status(http.StatusInternalServerError)},
	{"502", agent.Unavailable, status(http.StatusBadGateway)},
	{"511", agent.NotOurs, status(http.StatusNetworkAuthenticationRequired)},
	{"a terminal that was revoked", agent.Refused, func(_ *testing.T, _ *collector, w http.ResponseWriter, _ []byte, _ func() []byte) {
		problem(w, http.StatusForbidden, "revoked")
	}},
	{"a terminal that is not known", agent.Refused, func(_ *testing.T, _ *collector, w http.ResponseWriter, _ []byte, _ func() []byte) {
		problem(w, http.StatusUnauthorized, "unknown-terminal")
	}},
	{"the receipt cut short", agent.CutOff, func(_ *testing.T, _ *collector, w http.ResponseWriter, _ []byte, honest func() []byte) {
		receipt := honest()
		w.Header().Set("Content-Type", wire.ContentType)
		w.Header().Set("Content-Length", fmt.Sprint(len(receipt)))
		w.Write(receipt[:len(receipt)/2])
		panic(http.ErrAbortHandler)
	}},
	{"the receipt cut short and called whole", agent.Malformed, func(_ *testing.T, _ *collector, w http.ResponseWriter, _ []byte, honest func() []byte) {
		receipt := honest()
		ours(w, receipt[:len(receipt)/2])
	}},
	{"a connection cut before the reply", agent.CutOff, func(*testing.T, *collector, http.ResponseWriter, []byte, func() []byte) {
		panic(http.ErrAbortHandler)
	}},
	{"the receipt coded by gzip", agent.Encoded, func(_ *testing.T, _ *collector, w http.ResponseWriter, _ []byte, honest func() []byte) {
		w.Header().Set("Content-Encoding", "gzip")
		ours(w, gzipped(honest()))
	}},
	{"a gzip bomb", agent.Encoded, func(_ *testing.T, _ *collector, w http.ResponseWriter, _ []byte, _ func() []byte) {
		w.Header().Set("Content-Encoding", "gzip")
		ours(w, bomb())
	}},
	{"more than there can be", agent.TooLarge, func(_ *testing.T, _ *collector, w http.ResponseWriter, _ []byte, honest func() []byte) {
		ours(w, append(honest(), make([]byte, 2<<20)...))
	}},
	{"the receipt and a byte", agent.Malformed, func(_ *testing.T, _ *collector, w http.ResponseWriter, _ []byte, honest func() []byte) {
		ours(w, append(honest(), 0))
	}},
	{"the receipt signed by somebody else", agent.NotSigned, func(t *testing.T, c *collector, w http.ResponseWriter, body []byte, _ func() []byte) {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		must(t, err)
		ours(w, signed(t, wire.ReceiptContext, key, receiptFor(t, body)))
	}},
	{"the receipt in the envelope of another kind", agent.NotSigned, func(t *testing.T, c *collector, w http.ResponseWriter, body []byte, _ func() []byte) {
		ours(w, signed(t, wire.HeartbeatContext, c.key, receiptFor(t, body)))
	}},
	{"the receipt with a bit turned", agent.NotSigned, func(_ *testing.T, _ *collector, w http.ResponseWriter, _ []byte, honest func() []byte) {
		receipt := honest()
		receipt[len(receipt)-1] ^= 1
		ours(w, receipt)
	}},
	{"a receipt for another origin", agent.WrongReply, altered(func(r *wire.Receipt) { r.Origin[0] ^= 1 })},
	{"a receipt for another batch", agent.WrongReply, altered(func(r *wire.Receipt) { r.Batch[0] ^= 1 })},
	{"a receipt without decisions", agent.Undecided, altered(func(r *wire.Receipt) { r.Decisions = nil })},
	{"a receipt on other records", agent.Undecided, altered(func(r *wire.Receipt) {
		for i := range r.Decisions {
			r.Decisions[i].Seq += 1000
		}
	})},
	{"a receipt on other answers", agent.Undecided, altered(func(r *wire.Receipt) {
		for i := range r.Decisions {
			r.Decisions[i].AnswerID = uuid.New()
		}
	})},
	{"a receipt with no verdict", agent.Undecided, altered(func(r *wire.Receipt) {
		for i := range r.Decisions {
			r.Decisions[i].Verdict = 0
		}
	})},
	{"a receipt with a verdict of tomorrow", agent.Undecided, altered(func(r *wire.Receipt) {
		for i := range r.Decisions {
			r.Decisions[i].Verdict = 5
		}
	})},
}

func TestNothingButAReceiptIsAnAcknowledgement(t *testing.T) {
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
				const n = 3
				c.set(func() {
					c.instead = func(w http.ResponseWriter, r *http.Request, body []byte, honest func() []byte) bool {
						if r.URL.Path != wire.PathBatches {
							if r.URL.Path != wire.PathHeartbeat && r.URL.Path != wire.PathKeys {
								t.Errorf("the terminal went to %s", r.URL.Path)
							}
							return false
						}
						h.reply(t, c, w, body, honest)
						return true
					}
				})
				tm.add(n)
				a, stop := run(t, tm.config(l.transport()))
				after(time.Minute)
				if tm.queued() != n {
					t.Fatalf("%d of %d queued", tm.queued(), n)
				}
				s := a.Status()
				got, is := trouble(s, agent.UploadArea)
				if h.reason == agent.Undecided { // it is about the records, each by itself
					got, is = trouble(s, agent.RecordsArea)
					if got.Reason != agent.PassedOver || s.AsideCount != n || s.Asides[0].Reason != h.reason {
						t.Errorf("trouble %+v, asides %+v", got, s.Asides)
					}
				} else if got.Reason != h.reason {
					t.Errorf("reason %q, want %q: %v", got.Reason, h.reason, got)
				}
				if !is || got.Message == "" || got.Hint == "" {
					t.Errorf("trouble %+v says not what happened and what to do", got)
				}
				if s.Queued != n || !s.LastUpload.IsZero() {
					t.Errorf("status %+v", s)
				}
				c.set(func() { c.instead = nil })
				after(61 * time.Minute)
				if c.stored() != n || tm.queued() != 0 || a.Status().Problem() != "" {
					t.Errorf("afterwards %d stored, %d queued, %q", c.stored(), tm.queued(), a.Status().Problem())
				}
				stop()
			})
		})
	}
}

func TestAReplyThatNeverEndsTimesOut(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		drip := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body) // only then the server notices that the terminal hangs up
			w.Header().Set("Content-Type", wire.ContentType)
			for r.Context().Err() == nil {
				w.Write([]byte{1})
				w.(http.Flusher).Flush()
				select {
				case <-time.After(time.Second):
				case <-r.Context().Done():
				}
			}
		})
		tm.add(1)
		a, stop := run(t, tm.config(serve(t, drip).transport()))
		after(5 * time.Minute)
		if got, _ := trouble(a.Status(), agent.UploadArea); got.Reason != agent.TimedOut || tm.queued() != 1 {
			t.Errorf("trouble %+v, %d queued", got, tm.queued())
		}
		stop()
	})
}

func TestAnOldReceiptIsNoReceipt(t *testing.T) {
	world(t, func(t *testing.T, c *collector, l *line, tm *terminal) {
		var first []byte
		c.set(func() {
			c.instead = func(w http.ResponseWriter, r *http.Request, _ []byte, honest func() []byte) bool {
				if r.URL.Path != wire.PathBatches {
					return false
				}
				if first == nil {
					first = honest()
				}
				ours(w, first)
				return true
			}
		})
		tm.add(1)
		a, _ := run(t, tm.config(l.transport()))
		after(time.Second)
		tm.add(1)
		after(time.Minute)
		if got, _ := trouble(a.Status(), agent.UploadArea); got.Reason != agent.WrongReply || tm.queued() != 1 {
			t.Errorf("trouble %+v, %d queued", got, tm.queued())
		}
	})
}

func TestTheWayToTheCollectorFailsInWords(t *testing.T) {
	for _, c := range []struct {
		name   string
		err    error
		reason agent.Reason
	}{
		{"no such name", &net.DNSError{Err: "no such host", Name: "collector.test", IsNotFound: true}, agent.NoName},
		{"nobody listens", &netError{}, agent.NotReached},
		{"dialling takes too long", context.DeadlineExceeded, agent.TimedOut},
		{"a stranger's certificate", &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}, agent.Untrusted},
		{"a certificate out of date", &tls.CertificateVerificationError{
			Err: x509.CertificateInvalidError{Reason: x509.Expired},
		}, agent.Untrusted},
		{"no TLS there", tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, agent.Untrusted},
		{"something else", fmt.Errorf("the\nmodem\x00burns"), agent.NotReached},
	} {
		t.Run(c.name, func(t *testing.T) {
			world(t, func(t *testing.T, _ *collector, l *line, tm *terminal) {
				l.breakOff(c.err)
				tm.add(1)
				a, _ := run(t, tm.config(l.transport()))
				after(time.Minute)
				got, _ := trouble(a.Status(), agent.UploadArea)
				if got.Reason != c.reason || got.Message == "" || got.Hint == "" || bytes.ContainsAny([]byte(got.String()), "\n\x00") {
					t.Errorf("trouble %+v", got)
				}
			})
		})
	}
}

func ours(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Type", wire.ContentType)
	w.Write(body)
}

func status(code int) func(*testing.T, *collector, http.ResponseWriter, []byte, func() []byte) {
	return func(_ *testing.T, _ *collector, w http.ResponseWriter, _ []byte, honest func() []byte) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(code)
		if code != http.StatusNoContent {
			w.Write(honest()) // the collector may even have them
		}
	}
}

func redirect(code int) func(*testing.T, *collector, http.ResponseWriter, []byte, func() []byte) {
	return func(_ *testing.T, _ *collector, w http.ResponseWriter, _ []byte, _ func() []byte) {
		w.Header().Set("Location", "http://elsewhere.test/login")
		w.WriteHeader(code)
	}
}

// altered signs a changed receipt with the right key.
func altered(change func(*wire.Receipt)) func(*testing.T, *collector, http.ResponseWriter, []byte, func() []byte) {
	return func(t *testing.T, c *collector, w http.ResponseWriter, body []byte, honest func() []byte) {
		var receipt wire.Receipt
		must(t, wire.OpenSigned(wire.ReceiptContext, c.public(), honest(), &receipt))
		change(&receipt)
		ours(w, signed(t, wire.ReceiptContext, c.key, receipt))
	}
}

// receiptFor is a receipt for records nobody stored.
func receiptFor(t *testing.T, body []byte) wire.Receipt {
	batch, err := wire.DecodeBatch(body)
	must(t, err)
	receipt := wire.Receipt{Origin: batch.Origin, Batch: sha256.Sum256(body), Time: time.Now()}
	for _, r := range batch.Records {
		receipt.Decisions = append(receipt.Decisions, wire.Decision{Seq: r.Seq, AnswerID: r.AnswerID, Verdict: wire.Stored})
	}
	return receipt
}

func signed(t *testing.T, ctx wire.Context, key ed25519.PrivateKey, msg any) []byte {
	data, err := wire.Sign(ctx, key, msg)
	must(t, err)
	return data
}

// bomb is 64 MiB of nothing.
var bomb = sync.OnceValue(func() []byte { return gzipped(make([]byte, 64<<20)) })

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	return b.Bytes()
}
