package agent_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"otklik/sync/agent"
	"otklik/sync/wire"
)

// networks are ways to a collector that lead elsewhere, over real connections: how the terminal is set up on each, and what
// kiosk status calls it.
var networks = []struct {
	name   string
	reason agent.Reason
	way    func(t *testing.T, i *agent.Identity, c *agent.Config)
}{
	{"a captive portal that leads to its log-in page", agent.Redirected, func(t *testing.T, i *agent.Identity, _ *agent.Config) {
		portal := web(t, false, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/login" {
				t.Error("the terminal went to the log-in page")
			}
			http.Redirect(w, r, "/login", http.StatusFound)
		}))
		i.URL = portal.URL
	}},
	{"a captive portal that answers for everybody", agent.NotOurs, func(t *testing.T, i *agent.Identity, _ *agent.Config) {
		i.URL = web(t, false, http.HandlerFunc(page)).URL
	}},
	{"TLS that is intercepted by a stranger", agent.Untrusted, func(t *testing.T, i *agent.Identity, _ *agent.Config) {
		i.URL = web(t, true, http.HandlerFunc(page)).URL
	}},
	{"TLS that is intercepted by another authority than the pinned one", agent.Untrusted, func(t *testing.T, i *agent.Identity, _ *agent.Config) {
		i.URL, i.CA = web(t, true, http.HandlerFunc(page)).URL, authority(t)
	}},
	{"TLS that is intercepted by the pinned authority itself", agent.NotSigned, func(t *testing.T, i *agent.Identity, _ *agent.Config) {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		must(t, err)
		between := web(t, true, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			must(t, err)
			if r.URL.Path != wire.PathBatches {
				ours(w, body)
				return
			}
			ours(w, signed(t, wire.ReceiptContext, key, receiptFor(t, body)))
		}))
		i.URL = between.URL
		i.CA = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: between.Certificate().Raw}))
	}},
	{"no TLS where there should be", agent.Untrusted, func(t *testing.T, i *agent.Identity, _ *agent.Config) {
		i.URL = "https://" + web(t, false, http.HandlerFunc(page)).Listener.Addr().String()
	}},
	{"another protocol", agent.NotOurs, func(t *testing.T, i *agent.Identity, _ *agent.Config) {
		i.URL = "http://" + banner(t)
	}},
	{"a proxy that wants a log-in, without TLS", agent.Proxy, func(t *testing.T, i *agent.Identity, c *agent.Config) {
		i.URL, c.Transport = "http://collector.test", through(t, refusing(t, http.StatusProxyAuthRequired))
	}},
	{"a proxy that wants a log-in", agent.Proxy, func(t *testing.T, i *agent.Identity, c *agent.Config) {
		i.URL, c.Transport = "https://collector.test", through(t, refusing(t, http.StatusProxyAuthRequired))
	}},
	{"a proxy that lets nobody there", agent.Proxy, func(t *testing.T, i *agent.Identity, c *agent.Config) {
		i.URL, c.Transport = "https://collector.test", through(t, refusing(t, http.StatusForbidden))
	}},
	{"a proxy that is not there", agent.Proxy, func(t *testing.T, i *agent.Identity, c *agent.Config) {
		i.URL, c.Transport = "https://collector.test", through(t, "http://"+nobody(t))
	}},
	{"nobody there", agent.NotReached, func(t *testing.T, i *agent.Identity, _ *agent.Config) {
		i.URL = "http://" + nobody(t)
	}},
	{"somebody who never answers", agent.TimedOut, func(t *testing.T, i *agent.Identity, c *agent.Config) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		t.Cleanup(func() { l.Close() })
		i.URL, c.Timeout = "http://"+l.Addr().String(), 100*time.Millisecond
	}},
	{"replies cut short", agent.CutOff, func(t *testing.T, i *agent.Identity, _ *agent.Config) {
		i.URL = web(t, false, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			ours(w, []byte("half"))
			panic(http.ErrAbortHandler)
		})).URL
	}},
	{"a gzip bomb", agent.Encoded, func(t *testing.T, i *agent.Identity, _ *agent.Config) {
		i.URL = web(t, false, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			ours(w, bomb())
		})).URL
	}},
	{"a reply without an end", agent.TooLarge, func(t *testing.T, i *agent.Identity, _ *agent.Config) {
		i.URL = web(t, false, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", wire.ContentType)
			for chunk := make([]byte, 64<<10); r.Context().Err() == nil; {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		})).URL
	}},
}

func TestEveryHostileNetworkIsCalledByItsName(t *testing.T) {
	for _, n := range networks {
		t.Run(n.name, func(t *testing.T) {
			const queued = 3
			tm := newTerminal(t, newCollector(t), "http://collector.test")
			tm.add(queued)
			config := tm.config(nil)
			n.way(t, &config.Identity, &config)
			said := make(chan struct{}, 1)
			config.Log = slog.New(notices{slog.DiscardHandler, said})
			config.Settled = func(d []wire.Decision) { t.Errorf("taken for an acknowledgement of %d records", len(d)) }
			_, stop := run(t, config)
			<-said
			stop()
			s, err := agent.ReadStatus(tm.dir) // what kiosk status reads
			must(t, err)
			got, _ := trouble(s, agent.UploadArea)
			if got.Reason != n.reason || got.Message == "" || got.Hint == "" {
				t.Errorf("kiosk status says %+v, want %s", got, n.reason)
			}
			if tm.queued() != queued || s.Queued != queued || !s.LastUpload.IsZero() {
				t.Errorf("%d queued, status %+v", tm.queued(), s)
			}
		})
	}
}

// notices tell when uploads are said not to work.
type notices struct {
	slog.Handler
	said chan struct{}
}

func (notices) Enabled(context.Context, slog.Level) bool { return true }

func (n notices) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if r.Message == "does not work" && a.Key == "area" && a.Value.String() == agent.UploadArea {
			select {
			case n.said <- struct{}{}:
			default:
			}
		}
		return true
	})
	return nil
}

// web serves on a real port.
func web(t *testing.T, secure bool, h http.Handler) *httptest.Server {
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	if secure {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

func page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	w.Write([]byte("<html>Войдите в сеть</html>"))
}

func refusing(t *testing.T, code int) string {
	return web(t, false, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })).URL
}

func through(t *testing.T, proxy string) *http.Transport {
	u, err := url.Parse(proxy)
	must(t, err)
	transport := agent.NewTransport()
	transport.Proxy = http.ProxyURL(u)
	return transport
}

// nobody is an address where nobody listens.
func nobody(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, l.Close())
	return l.Addr().String()
}

// banner is an address where another protocol is spoken.
func banner(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			conn.Write([]byte("220 mail.example.org ESMTP\r\n"))
			io.Copy(io.Discard, conn)
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String()
}

// authority is a certificate in PEM that vouches for nobody here.
func authority(t *testing.T) string {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(t, err)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}
