package console_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"otklik/sync/collector/access"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/console"
	"otklik/sync/collector/export"
	"otklik/sync/collector/fleet"
	"otklik/sync/collector/ingest"
	"otklik/sync/collector/keys"
	"otklik/sync/collector/store"
	"otklik/sync/collector/store/sqlite"
	"otklik/sync/collector/store/storetest"
	"otklik/sync/wire"
)

const (
	name     = "Алсу"
	password = "долгий и тихий вечер"
)

// signing is the collector's key.
var signing = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

// now is when everybody looks at the console.
func now() time.Time { return collectortest.Now.Add(2 * time.Hour) }

// site is a console on a port of its own.
type site struct {
	url     string
	store   *sqlite.Store
	log     *record
	console *console.Console
}

// record is what was logged.
type record struct {
	mu   sync.Mutex
	text []byte
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.text = append(r.text, p...)
	return len(p), nil
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return string(r.text)
}

func mustSite(t testing.TB, change ...func(*console.Config)) *site {
	t.Helper()
	s := collectortest.NewStore(t)
	users, err := access.New(s, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := users.Add(t.Context(), name, password); err != nil {
		t.Fatal(err)
	}
	f := fleet.New(s, nil, nil, now)
	k, err := keys.Load(t.TempDir(), true)
	if err != nil {
		t.Fatal(err)
	}
	opener, err := wire.NewOpener(k.Sealing.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	log := &record{}
	records := ingest.New(s, f, k.Signing, opener, now, slog.New(slog.DiscardHandler))
	config := console.Config{
		Store: s, Tickets: f, Improver: f, Records: records, Users: users, Sessions: s.Sessions(), Now: now, Zone: time.FixedZone("MSK", 3*60*60),
		Log: slog.New(slog.NewTextHandler(log, nil)), Manifests: &export.Maker{Version: "test", Key: signing, Now: now},
	}
	for _, f := range change {
		f(&config)
	}
	c, err := console.New(config)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	return &site{server.URL, s, log, c}
}

// terminal finds one by its name.
func (s *site) terminal(t testing.TB, name string) store.Terminal {
	t.Helper()
	all, err := s.store.Terminals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if one.Name == name {
			return one
		}
	}
	t.Fatalf("no terminal %q", name)
	return store.Terminal{}
}

// unreadable is a record as the quarantine keeps it.
func unreadable(t testing.TB, terminal store.Terminal) []byte {
	t.Helper()
	raw, err := wire.Encode(wire.Batch{Origin: storetest.Origin(terminal.Name), Records: []wire.Record{{
		Seq: 5000, AnswerID: storetest.AnswerID(5000), Session: wire.SessionID{1}, Sealed: []byte{1, 2, 3},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// fill brings terminals of every state and the answers of a busy morning.
func (s *site) fill(t testing.TB) {
	t.Helper()
	source, err := os.ReadFile(filepath.FromSlash("../../../assets/surveys/exit-poll.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	survey := collectortest.Publish(t, s.store, source)
	collectortest.Publish(t, s.store, collectortest.Visit1)
	all := collectortest.Publish(t, s.store, collectortest.All1)
	left := storetest.Enrolled(t, s.store, "Главный зал", "Терминал 1")
	right := storetest.Enrolled(t, s.store, "Главный зал", "Терминал 2")
	silent := storetest.Enrolled(t, s.store, "Филиал на проспекте Сююмбике", "Планшет у выхода")
	stuck := storetest.Enrolled(t, s.store, "Центр занятости, второй этаж", "Терминал 3")
	broken := storetest.Enrolled(t, s.store, "Центр занятости, второй этаж", "Терминал 4")
	storetest.Enrolled(t, s.store, "Центр занятости, третий этаж", "Новый")
	old := storetest.Enrolled(t, s.store, "Центр занятости, третий этаж", "Старый")
	chance := rand.New(rand.NewPCG(1, 2))
	last := map[string]uint64{}
	next := func(terminal store.Terminal) uint64 {
		last[terminal.Name]++
		return last[terminal.Name]
	}
	for seq := uint64(1); seq <= 240; seq++ {
		terminal := left
		if seq%3 == 0 {
			terminal = right
		}
		collectortest.Respond(t, s.store, terminal, next(terminal), survey, collectortest.Walk(survey, 0, chance)...)
		collectortest.Respond(t, s.store, terminal, next(terminal), all, collectortest.Walk(all, 0, chance)...)
	}
	collectortest.Respond(t, s.store, broken, 4, survey, collectortest.Walk(survey, 0, chance)...)
	for _, b := range []struct {
		terminal store.Terminal
		ago      time.Duration
		beat     wire.Heartbeat
	}{
		{left, 20 * time.Second, wire.Heartbeat{LastSeq: 0}},
		{right, 4 * time.Minute, wire.Heartbeat{Queued: 3, Oldest: now().Add(-2 * time.Minute)}},
		{silent, 27 * time.Hour, wire.Heartbeat{Queued: 41, Oldest: now().Add(-30 * time.Hour)}},
		{stuck, time.Minute, wire.Heartbeat{Queued: 112, Oldest: now().Add(-5 * time.Hour), Problem: "the collector refuses batches: 413 Request Entity Too Large from a proxy"}},
		{broken, 3 * time.Minute, wire.Heartbeat{FirstSeq: 1, LastSeq: 7}},
	} {
		b.beat.Origin, b.beat.Beat, b.beat.Version = storetest.Origin(b.terminal.Name), 1, "0.1.0"
		if _, err := s.store.Beat(t.Context(), b.terminal.ID, b.beat, now().Add(-b.ago)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.store.RevokeTerminal(t.Context(), old.ID, now()); err != nil {
		t.Fatal(err)
	}
	// A copied disk and a record that nobody can read.
	clone := storetest.Arrival(1, "копия")
	clone.AnswerID = storetest.AnswerID(9999)
	unread := store.Arrival{Seq: next(left), AnswerID: storetest.AnswerID(5000), Reason: "wire: the record names a session that never came", Raw: unreadable(t, left)}
	if _, err := s.store.Keep(t.Context(), store.Intake{
		Terminal: left.ID, Origin: storetest.Origin(left.Name), Received: now().Add(-3 * time.Hour), Arrivals: []store.Arrival{clone, unread},
	}); err != nil {
		t.Fatal(err)
	}
}

// browser is Debian's chromium without a window. What its pages complain about fails the test.
func mustBrowser(t testing.TB) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("accept-lang", "ru"), chromedp.Flag("lang", "ru"), chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, width(1280, 900)); err != nil {
		t.Fatalf("chromium: %v", err)
	}
	err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*runtime.EventExceptionThrown); ok {
			t.Errorf("a page failed: %s", e.ExceptionDetails.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return ctx
}

// step is something done in the browser.
type step = chromedp.Action[chromedp.Void]

func width(w, h int64) step {
	if w < 600 {
		return chromedp.EmulateViewport(w, h, chromedp.EmulateMobile)
	}
	return chromedp.EmulateViewport(w, h)
}

func seen(selector string) step  { return chromedp.WaitVisible(chromedp.CSS(selector)) }
func click(selector string) step { return chromedp.Click(chromedp.CSS(selector)) }

func do(t testing.TB, ctx context.Context, steps ...step) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// get runs something in the browser that has a value.
func get[T any](t testing.TB, ctx context.Context, a chromedp.Action[T]) T {
	t.Helper()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// text waits for something and returns what it says.
func text(t testing.TB, ctx context.Context, selector string) string {
	t.Helper()
	return strings.TrimSpace(get(t, ctx, chromedp.Text(chromedp.CSS(selector), chromedp.NodeVisible)))
}

func logIn(t testing.TB, ctx context.Context, s *site, password string) {
	t.Helper()
	do(t, ctx, chromedp.Evaluate[chromedp.Void](`document.querySelector("#name").value = ""`), chromedp.SendKeys(chromedp.CSS("#name"), name),
		chromedp.SendKeys(chromedp.CSS("#password"), password), chromedp.Submit(chromedp.CSS("#password")))
}

// picture writes what the browser shows into the folder OTKLIK_PICTURES names, if it names one.
func picture(t testing.TB, ctx context.Context, file string) {
	t.Helper()
	dir := os.Getenv("OTKLIK_PICTURES")
	if dir == "" {
		return
	}
	png := get(t, ctx, chromedp.FullScreenshot(100))
	if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("console-%s.png", file)), png, 0o644); err != nil {
		t.Fatal(err)
	}
}
