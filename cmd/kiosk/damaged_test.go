package main

import (
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"otklik/surveys"
	"otklik/sync/agent"
	"otklik/sync/outbox"
	"otklik/sync/wire"
)

func TestDamagedOutboxIsTalkedAboutUntilSomebodyHasSeenToIt(t *testing.T) {
	dir := t.TempDir()
	term := mustTerminal(t, dir)
	s, err := surveys.Load("lobby.yaml", []byte(commentSurvey))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(err)
	for range 200 {
		_, err := term.record.Save(s, &surveys.Response{Survey: s.ID, Version: s.Version, Number: s.Number, Language: "ru"})
		must(err)
	}
	origin := term.box.Origin()
	must(term.box.Close())
	path := filepath.Join(dir, outboxName)
	raw, err := os.ReadFile(path)
	must(err)
	clear(raw[4*4096 : 8*4096]) // the page that tells the origin may be among them
	must(os.WriteFile(path, raw, 0o600))

	box, err := openOutbox(dir)
	must(err)
	if box.Origin() == origin {
		t.Error("the terminal goes on with the origin of the damaged file")
	}
	must(box.Close())
	if said := setAsideProblem(dir); len(setAside(dir)) != 1 || !strings.Contains(said, "kiosk rescue --from outbox.bolt.damaged-") {
		t.Fatalf("said %q", said)
	}

	out := filepath.Join(t.TempDir(), "saved.rescue")
	must((&rescueCommand{dataFlag: dataFlag{dir}, Output: out, From: filepath.Base(setAside(dir)[0])}).Run())
	f, err := os.Open(out)
	must(err)
	defer f.Close()
	identity, err := agent.LoadIdentity(dir)
	must(err)
	r, err := wire.NewBundleReader(f, func(uuid.UUID) (ed25519.PublicKey, error) { return identity.Key.Public().(ed25519.PublicKey), nil })
	must(err)
	n := 0
	for {
		b, _, err := r.Next()
		if err != nil {
			break
		}
		if n += len(b.Records); b.Origin != origin {
			t.Errorf("the answers come as of origin %s, they are of %s", b.Origin, origin)
		}
	}
	if n < 100 || r.End.Records != uint64(n) {
		t.Errorf("%d of 200 answers were saved, the bundle says %d", n, r.End.Records)
	}

	must((&rescueCommand{dataFlag: dataFlag{dir}, Confirm: true}).Run())
	if said := setAsideProblem(dir); said != "" {
		t.Errorf("after it was seen to: %q", said)
	}
	if left, _ := filepath.Glob(path + ".damaged-*.seen"); len(left) != 1 {
		t.Errorf("the damaged file is gone: %q", left)
	}
}

func TestOutboxThatIsDamagedWhileItIsInUseGivesWayToAnother(t *testing.T) {
	dir := t.TempDir()
	term := mustTerminal(t, dir)
	s, err := surveys.Load("lobby.yaml", []byte(commentSurvey))
	if err != nil {
		t.Fatal(err)
	}
	restarts := 0
	b := newBehind()
	b.anew = func() { restarts++ }
	b.set(term)
	origin := term.box.Origin()
	answer := func(b *behind) error {
		return b.save(s, &surveys.Response{Survey: s.ID, Version: s.Version, Number: s.Number, Language: "ru"})
	}
	for range 20 {
		if err := answer(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.repair(); err != nil || restarts != 0 {
		t.Fatalf("repairing a sound outbox started the glass anew %d times: %v", restarts, err)
	}
	if err := os.Truncate(filepath.Join(dir, outboxName), 2*4096); err != nil {
		t.Fatal(err)
	}
	if err := answer(b); err == nil {
		t.Error("somebody is thanked for an answer that cannot be there")
	}
	if err := b.repair(); !errors.Is(err, outbox.ErrDamaged) || restarts != 1 {
		t.Errorf("the glass was started anew %d times, %v", restarts, err)
	}
	if _, known := b.room(); known || restarts != 2 {
		t.Errorf("nobody noticed but a visitor: %d", restarts)
	}
	if err := b.close(); err != nil {
		t.Fatal(err)
	}
	next, err := openTerminal(dir, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer next.box.Close()
	b = newBehind()
	b.set(next)
	if next.box.Origin() == origin || setAsideProblem(dir) == "" {
		t.Errorf("the terminal goes on with the damaged outbox, or nobody hears of it: %q", setAsideProblem(dir))
	}
	if err := answer(b); err != nil {
		t.Error(err)
	}
}

func TestFullOutboxStopsTheQuestionsBeforeItStopsTheAnswers(t *testing.T) {
	left := int64(2 * enoughRoom)
	o := &offer{dir: t.TempDir(), room: func() (int64, bool) { return left, true }}
	if o.look(); o.full {
		t.Skip("this disk has no room itself")
	}
	if left = leastRoom - 1; !o.look() || !o.full {
		t.Error("people are asked although the outbox takes hardly more")
	}
	if left = enoughRoom; !o.look() || o.full {
		t.Error("nobody is asked although the outbox has room again")
	}
}
