package wire_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/yaronf/httpsign"

	"otklik/sync/wire"
)

var (
	terminalKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	terminalID  = uuid.MustParse("0192f0c4-7c1e-7d6a-9c3b-1a2b3c4d5e6f")
)

func lookup(id uuid.UUID) (ed25519.PublicKey, error) {
	if id != terminalID {
		return nil, errNoTerminal
	}
	return terminalKey.Public().(ed25519.PublicKey), nil
}

var errNoTerminal = errors.New("no such terminal")

func signed(t testing.TB, method, url string, body []byte) *http.Request {
	t.Helper()
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	ok(t, err)
	if len(body) > 0 {
		req.Header.Set("Content-Type", wire.ContentType)
	}
	ok(t, wire.SignRequest(req, body, terminalID, terminalKey, "n-1_A", time.Unix(1_700_000_000, 0)))
	return req
}

func TestSignedRequestSurvivesAProxyThatEndsTLS(t *testing.T) {
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		id, err := wire.VerifyRequest(r, body, lookup)
		if err != nil || id != terminalID {
			http.Error(w, "", http.StatusUnauthorized)
			t.Errorf("%s %s: %s, %v", r.Method, r.URL, id, err)
		}
	}))
	defer collector.Close()
	proxy := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		on, err := http.NewRequest(r.Method, collector.URL+r.URL.RequestURI(), r.Body)
		ok(t, err)
		on.Header = r.Header.Clone()
		on.Header.Set("X-Forwarded-Proto", "https")
		answer, err := http.DefaultClient.Do(on)
		ok(t, err)
		answer.Body.Close()
		w.WriteHeader(answer.StatusCode)
	}))
	defer proxy.Close()
	for _, c := range []struct {
		method, path string
		body         []byte
	}{
		{http.MethodPost, wire.PathBatches, []byte("body")},
		{http.MethodGet, wire.PathSurveys + "exit-poll/0123456789abcdef", nil},
		{http.MethodGet, "/v1/odd%2Fpath?x=1&y=%D1%8F", nil},
	} {
		answer, err := proxy.Client().Do(signed(t, c.method, proxy.URL+c.path, c.body))
		ok(t, err)
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s %s: %s", c.method, c.path, answer.Status)
		}
	}
}

func TestChangedRequestIsRefused(t *testing.T) {
	body := []byte("body")
	for name, change := range map[string]func(r *http.Request) []byte{
		"body":         func(*http.Request) []byte { return []byte("bodx") },
		"no body":      func(*http.Request) []byte { return nil },
		"method":       func(r *http.Request) []byte { r.Method = http.MethodPut; return body },
		"path":         func(r *http.Request) []byte { r.URL.Path = wire.PathHeartbeat; return body },
		"query":        func(r *http.Request) []byte { r.URL.RawQuery = "x=1"; return body },
		"content type": func(r *http.Request) []byte { r.Header.Set("Content-Type", "text/html"); return body },
		"body and digest": func(r *http.Request) []byte {
			other := signed(t, "POST", "http://x/", []byte("bodx"))
			r.Header.Set("Content-Digest", other.Header.Get("Content-Digest"))
			return []byte("bodx")
		},
		"no signature":     func(r *http.Request) []byte { r.Header.Del("Signature"); return body },
		"no input":         func(r *http.Request) []byte { r.Header.Del("Signature-Input"); return body },
		"no digest":        func(r *http.Request) []byte { r.Header.Del("Content-Digest"); return body },
		"two signatures":   func(r *http.Request) []byte { r.Header.Add("Signature", r.Header.Get("Signature")); return body },
		"created":          func(r *http.Request) []byte { return replaceInput(r, body, "created=1700000000", "created=1700000001") },
		"nonce":            func(r *http.Request) []byte { return replaceInput(r, body, `"n-1_A"`, `"n-1_B"`) },
		"tag":              func(r *http.Request) []byte { return replaceInput(r, body, "otklik-terminal", "other") },
		"fewer components": func(r *http.Request) []byte { return replaceInput(r, body, ` "content-digest"`, "") },
	} {
		r := signed(t, http.MethodPost, "https://c.example/v1/batches", body)
		if _, err := wire.VerifyRequest(r, change(r), lookup); !errors.Is(err, wire.ErrUnsigned) {
			t.Errorf("%s changed: %v", name, err)
		}
	}
	r := signed(t, http.MethodPost, "https://c.example/v1/batches", body)
	if _, err := wire.VerifyRequest(r, body, func(uuid.UUID) (ed25519.PublicKey, error) { return nil, errNoTerminal }); !errors.Is(err, errNoTerminal) {
		t.Errorf("the error of lookup did not come through: %v", err)
	}
	stranger := ed25519.NewKeyFromSeed(make([]byte, 32)).Public().(ed25519.PublicKey)
	if _, err := wire.VerifyRequest(r, body, func(uuid.UUID) (ed25519.PublicKey, error) { return stranger, nil }); !errors.Is(err, wire.ErrUnsigned) {
		t.Errorf("another terminal's key: %v", err)
	}
}

func replaceInput(r *http.Request, body []byte, old, with string) []byte {
	input := r.Header.Get("Signature-Input")
	r.Header.Set("Signature-Input", string(bytes.ReplaceAll([]byte(input), []byte(old), []byte(with))))
	return body
}

func TestClockOfTheTerminalIsNotJudged(t *testing.T) {
	for _, now := range []time.Time{time.Unix(0, 0), time.Unix(-5000, 0), time.Unix(4_000_000_000, 0)} {
		req, err := http.NewRequest(http.MethodGet, "http://c.example/v1/surveys/a/b", nil)
		ok(t, err)
		ok(t, wire.SignRequest(req, nil, terminalID, terminalKey, "n", now))
		if _, err := wire.VerifyRequest(req, nil, lookup); err != nil {
			t.Errorf("at %v: %v", now, err)
		}
	}
}

// The library for RFC 9421 reads what is written here, and the other way round.
func TestRequestSignaturesAgreeWithTheLibrary(t *testing.T) {
	pub := terminalKey.Public().(ed25519.PublicKey)
	fields := *httpsign.NewFields().AddHeaders("@method", "@path", "@query", "content-digest", "content-type")
	body := []byte("body")

	ours := signed(t, http.MethodPost, "https://c.example/v1/batches?a=1", body)
	verifier, err := httpsign.NewEd25519Verifier(pub,
		httpsign.NewVerifyConfig().SetVerifyCreated(false).SetKeyID(terminalID.String()), fields)
	ok(t, err)
	if err := httpsign.VerifyRequest("otklik", *verifier, ours); err != nil {
		t.Errorf("the library does not verify our signature: %v", err)
	}
	ours.URL.RawQuery = "a=2"
	if err := httpsign.VerifyRequest("otklik", *verifier, ours); err == nil {
		t.Error("the library verifies a changed request: this test checks nothing")
	}

	theirs := signed(t, http.MethodPost, "https://c.example/v1/batches?a=1", body)
	theirs.Header.Del("Signature")
	theirs.Header.Del("Signature-Input")
	signer, err := httpsign.NewEd25519Signer(terminalKey, httpsign.NewSignConfig().SignAlg(false).
		SetKeyID(terminalID.String()).SetNonce("n1").SetTag("otklik-terminal"), fields)
	ok(t, err)
	input, signature, err := httpsign.SignRequest("otklik", *signer, theirs)
	ok(t, err)
	theirs.Header.Set("Signature-Input", input)
	theirs.Header.Set("Signature", signature)
	if _, err := wire.VerifyRequest(theirs, body, lookup); err != nil {
		t.Errorf("we do not verify the library's signature: %v", err)
	}
}
