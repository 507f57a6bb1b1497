package console_test

import (
	"bytes"
	"crypto/ed25519"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/collector/store/storetest"
	"otklik/sync/wire"
)

// upload sends a file as the form for a courier's stick does.
func upload(t *testing.T, c *http.Client, address string, data []byte) (*http.Response, string) {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("bundle", "otklik.rescue")
	if err != nil {
		t.Fatal(err)
	}
	part.Write(data)
	w.Close()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, &form)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.Header.Set("Accept-Language", "en")
	return ask(t, c, r)
}

func TestFileOfATerminalIsTakenInTheConsole(t *testing.T) {
	s := mustSite(t)
	c := visitor(t)
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.store.IssueEnrolment(t.Context(), store.Enrolment{CodeHash: wire.Hash{1}, Site: "Hall", Name: "Left", Issued: now(), Expires: now().Add(1e12)}))
	terminal, err := s.store.RedeemEnrolment(t.Context(), store.Redemption{
		CodeHash: wire.Hash{1}, PublicKey: public, Origin: storetest.Origin("Left"), Terminal: uuid.New(), Now: now(),
	})
	must(err)
	bundle := func(key ed25519.PrivateKey, of uuid.UUID) []byte {
		var file bytes.Buffer
		w, err := wire.NewBundleWriter(&file, key, wire.BundleHeader{Terminal: of, Made: now()})
		must(err)
		must(w.Batch(wire.Batch{Origin: storetest.Origin("Left"), Records: []wire.Record{{
			Seq: 1, AnswerID: storetest.AnswerID(1), Session: wire.SessionID{1}, Nonce: 1, Sealed: bytes.Repeat([]byte{1}, 40),
		}}}))
		must(w.Close())
		return file.Bytes()
	}
	good := bundle(private, terminal.ID)
	if resp, _ := upload(t, c, s.url+"/aside/accept", good); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("before the log-in: %s", resp.Status)
	}
	post(t, c, s.url+"/login", url.Values{"name": {name}, "password": {password}})
	if _, total, err := s.store.Quarantine(t.Context(), 1); err != nil || total != 0 {
		t.Fatalf("%d in quarantine, %v", total, err)
	}
	for name, bad := range map[string]struct {
		data []byte
		says string
	}{
		"forged":  {bundle(ed25519.NewKeyFromSeed(make([]byte, 32)), terminal.ID), "nothing was taken"},
		"nobody":  {bundle(private, uuid.New()), "never enrolled here"},
		"picture": {[]byte("\x89PNG and so on"), "no file of a terminal"},
	} {
		resp, body := upload(t, c, s.url+"/aside/accept", bad.data)
		if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, bad.says) {
			t.Errorf("%s: %s\n%s", name, resp.Status, body)
		}
	}
	resp, body := upload(t, c, s.url+"/aside/accept", good)
	if resp.StatusCode != http.StatusOK || !strings.Contains(body, "in quarantine 1") || !strings.Contains(body, "“Left”") {
		t.Errorf("%s\n%s", resp.Status, body)
	}
	if resp, body = upload(t, c, s.url+"/aside/accept?answer=file", good); resp.StatusCode != http.StatusOK ||
		!strings.HasPrefix(body, wire.ReceiptsMagic) || !strings.Contains(resp.Header.Get("Content-Disposition"), ".receipt") {
		t.Errorf("the answer: %s %q", resp.Status, resp.Header)
	}
	if _, body = post(t, c, s.url+"/aside/release", url.Values{"all": {"yes"}}, "Accept-Language", "en"); !strings.Contains(body, "Counted 0, still in quarantine 1") {
		t.Errorf("released: %s", body)
	}
	if resp, _ = post(t, c, s.url+"/aside/release", url.Values{"id": {"x"}}); resp.StatusCode != http.StatusNotFound {
		t.Errorf("no number: %s", resp.Status)
	}
}
