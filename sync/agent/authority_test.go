package agent_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"otklik/sync/agent"
	"otklik/sync/wire"
)

// private is an authority that no machine trusts, and a server's certificate that goes back to it.
type private struct {
	authority []byte
	server    tls.Certificate // shows itself alone
}

func newPrivate(t *testing.T) private {
	t.Helper()
	sign := func(template, by *x509.Certificate, signer *ecdsa.PrivateKey) ([]byte, *ecdsa.PrivateKey) {
		t.Helper()
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		must(t, err)
		if signer == nil {
			signer = key
		}
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		der, err := x509.CreateCertificate(rand.Reader, template, by, key.Public(), signer)
		must(t, err)
		return der, key
	}
	root := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	authority, key := sign(root, root, nil)
	leaf, leafKey := sign(&x509.Certificate{
		SerialNumber: big.NewInt(2), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, root, key)
	return private{authority, tls.Certificate{Certificate: [][]byte{leaf}, PrivateKey: leafKey}}
}

// An invitation that names an authority by its hash is enough for a machine that trusts nobody yet; whoever stands in between
// with an authority of his own gets no code.
func TestInvitedAuthorityIsFetchedAndAloneTrusted(t *testing.T) {
	own, other := newPrivate(t), newPrivate(t)
	chain := own.server
	chain.Certificate = append(chain.Certificate[:1:1], own.authority)
	for name, c := range map[string]struct {
		shown  tls.Certificate
		served []byte // at wire.PathAuthority; nil for 404
		named  []byte
		reason agent.Reason // "" for an enrolled terminal
	}{
		"served":                      {own.server, own.authority, own.authority, ""},
		"shown in the handshake":      {chain, nil, own.authority, ""},
		"the server's own":            {own.server, nil, own.server.Certificate[0], ""},
		"neither":                     {own.server, nil, own.authority, agent.Untrusted},
		"another is served":           {own.server, other.authority, own.authority, agent.Untrusted},
		"a go-between passes it on":   {other.server, own.authority, own.authority, agent.Untrusted},
		"what is named is no issuer":  {own.server, other.authority, other.authority, agent.Untrusted},
		"what has the hash is no key": {own.server, []byte("no certificate"), []byte("no certificate"), agent.Untrusted},
	} {
		t.Run(name, func(t *testing.T) {
			collector := newCollector(t)
			told := 0
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path != wire.PathAuthority:
					told++
					collector.ServeHTTP(w, r)
				case c.served == nil:
					http.NotFound(w, r)
				default:
					must(t, pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: c.served}))
				}
			}))
			server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
			server.TLS = &tls.Config{Certificates: []tls.Certificate{c.shown}}
			server.StartTLS()
			t.Cleanup(server.Close)
			options := agent.EnrolOptions{
				URL: server.URL, Code: collector.code(t), Dir: t.TempDir(), Origin: wire.Origin{1, 2}, Version: "1.2.3",
				Authority: sha256.Sum256(c.named), Log: slog.New(slog.DiscardHandler),
			}
			identity, err := agent.Enrol(t.Context(), options)
			if c.reason != "" {
				var failure *agent.Failure
				if !errors.As(err, &failure) || failure.Reason != c.reason || told != 0 {
					t.Fatalf("%v, and the server was told the code %d times", err, told)
				}
				return
			}
			must(t, err)
			if block, _ := pem.Decode([]byte(identity.CA)); block == nil || sha256.Sum256(block.Bytes) != options.Authority {
				t.Fatalf("it pins %q", identity.CA)
			}
			// Another invitation moves the pin, as it can to another collector.
			options.Again, options.Code, options.Authority = true, collector.code(t), sha256.Sum256(other.authority)
			if _, err := agent.Enrol(t.Context(), options); err == nil {
				t.Error("the former pin held in the place of the one that was named")
			}
		})
	}
}

func TestInvitedAuthorityOfNobodyIsAnUnreachedCollector(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	must(t, l.Close())
	c := newCollector(t)
	_, err = agent.Enrol(t.Context(), agent.EnrolOptions{
		URL: "https://" + l.Addr().String(), Code: c.code(t), Dir: t.TempDir(), Origin: wire.Origin{1, 2}, Version: "1.2.3",
		Authority: wire.Hash{1}, Log: slog.New(slog.DiscardHandler),
	})
	var failure *agent.Failure
	if !errors.As(err, &failure) || failure.Reason != agent.NotReached {
		t.Error(err)
	}
}
