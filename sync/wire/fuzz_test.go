package wire_test

import (
	"bytes"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"otklik/sync/wire"
)

// fuzzMessage holds that no bytes make the decoder of a message fail otherwise than by an error, and that what it read is
// written and read again to the same.
func fuzzMessage[T any](f *testing.F, sample string) {
	data, err := wire.Encode(samples()[sample])
	ok(f, err)
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Fuzz(func(t *testing.T, data []byte) {
		var msg, again T
		if wire.Decode(data, &msg) != nil {
			return
		}
		written, err := wire.Encode(msg)
		ok(t, err)
		ok(t, wire.Decode(written, &again))
		twice, err := wire.Encode(again)
		ok(t, err)
		if !bytes.Equal(written, twice) {
			t.Errorf("written as\n%x\nthen as\n%x", written, twice)
		}
	})
}

func FuzzReceipt(f *testing.F)        { fuzzMessage[wire.Receipt](f, "receipt") }
func FuzzHeartbeat(f *testing.F)      { fuzzMessage[wire.Heartbeat](f, "heartbeat") }
func FuzzHeartbeatReply(f *testing.F) { fuzzMessage[wire.HeartbeatReply](f, "heartbeat-reply") }
func FuzzEnrolRequest(f *testing.F)   { fuzzMessage[wire.EnrolRequest](f, "enrol-request") }
func FuzzEnrolReply(f *testing.F)     { fuzzMessage[wire.EnrolReply](f, "enrol-reply") }
func FuzzSuccession(f *testing.F)     { fuzzMessage[wire.Succession](f, "succession") }
func FuzzSuccessions(f *testing.F)    { fuzzMessage[wire.Successions](f, "successions") }
func FuzzSigned(f *testing.F)         { fuzzMessage[wire.Signed](f, "signed") }

func FuzzBatch(f *testing.F) {
	data, err := wire.Encode(samples()["batch"])
	ok(f, err)
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := wire.DecodeBatch(data)
		if err != nil {
			return
		}
		written, err := wire.Encode(b)
		ok(t, err)
		again, err := wire.DecodeBatch(written)
		ok(t, err)
		if !reflect.DeepEqual(b, again) {
			t.Errorf("read\n%+v\nthen\n%+v", b, again)
		}
	})
}

func FuzzCode(f *testing.F) {
	f.Add("0123-4567-89ab-cdef-ghjk-mnpq")
	f.Add("OIl-")
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := wire.ParseCode(typed)
		if err != nil {
			return
		}
		if again, err := wire.ParseCode(code.String()); err != nil || again != code {
			t.Errorf("%q is %s, which reads as %s, %v", typed, code, again, err)
		}
	})
}

func FuzzRequestSignature(f *testing.F) {
	good := signed(f, http.MethodPost, "https://c.example/v1/batches", []byte("body"))
	f.Add(good.Header.Get("Signature-Input"), good.Header.Get("Signature"))
	f.Fuzz(func(t *testing.T, input, signature string) {
		r := signed(t, http.MethodPost, "https://c.example/v1/batches", []byte("body"))
		r.Header["Signature-Input"], r.Header["Signature"] = []string{input}, []string{signature}
		if _, err := wire.VerifyRequest(r, []byte("body"), lookup); err != nil {
			return
		}
		if strings.TrimSpace(input) != good.Header.Get("Signature-Input") {
			t.Errorf("a forged signature holds: %q %q", input, signature)
		}
	})
}

func FuzzTerminalConfig(f *testing.F) { fuzzMessage[wire.TerminalConfig](f, "terminal-config") }
func FuzzRevocation(f *testing.F)     { fuzzMessage[wire.Revocation](f, "revocation") }

func FuzzContentDigest(f *testing.F) {
	good := signed(f, http.MethodPost, "https://c.example/v1/batches", []byte("body")).Header.Get("Content-Digest")
	f.Add(good, []byte("body"))
	f.Add("sha-256=:AAAA:, "+good, []byte("other"))
	f.Fuzz(func(t *testing.T, digest string, body []byte) {
		r := signed(t, http.MethodPost, "https://c.example/v1/batches", []byte("body"))
		r.Header["Content-Digest"] = []string{digest}
		if _, err := wire.VerifyRequest(r, body, lookup); err == nil && (string(body) != "body" || strings.TrimSpace(digest) != good) {
			t.Errorf("%q holds for %q", digest, body)
		}
	})
}
