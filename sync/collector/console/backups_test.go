package console_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"otklik/sync/collector/store"
	"otklik/sync/collector/store/storetest"
	"otklik/sync/wire"
)

// terminalsPage is what somebody who is logged in reads.
func terminalsPage(t *testing.T, s *site, language string) string {
	t.Helper()
	v := visitor(t)
	if resp, body := post(t, v, s.url+"/login", url.Values{"name": {name}, "password": {password}}); resp.StatusCode != 303 {
		t.Fatalf("log in: %s %s", resp.Status, body)
	}
	if resp, _ := post(t, v, s.url+"/language", url.Values{"language": {language}}); resp.StatusCode != 303 {
		t.Fatalf("language: %s", resp.Status)
	}
	_, body := getPage(t, v, s.url+"/terminals")
	return body
}

func TestTheTerminalsPageTellsOfBackups(t *testing.T) {
	s := mustSite(t)
	left := storetest.Enrolled(t, s.store, "Hall", "Left")
	beat := func(n uint64, b wire.Heartbeat) {
		t.Helper()
		b.Origin, b.Beat = storetest.Origin("Left"), n
		if _, err := s.store.Beat(t.Context(), left.ID, b, now()); err != nil {
			t.Fatal(err)
		}
	}
	beat(1, wire.Heartbeat{})
	says := func(when, language string, want ...string) {
		t.Helper()
		page := terminalsPage(t, s, language)
		for _, words := range want {
			if is := strings.Contains(page, strings.TrimPrefix(words, "!")); is == strings.HasPrefix(words, "!") {
				t.Errorf("%s it does not say %q:\n%s", when, words, page)
			}
		}
	}
	says("before the first", "ru", "Резервных копий ещё не было", "!class=\"restored\"", "!id=\"backup\"")
	note := func(b store.Backup) {
		t.Helper()
		b.Ended = b.Began
		if err := s.store.NoteBackup(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	taken := now().Add(-26 * time.Hour)
	note(store.Backup{Began: taken, Path: "/b/1"})
	says("after one", "ru", "Последняя резервная копия: 01.03.2026, 12:30", "!id=\"backup\"")
	if err := s.store.SetBackupEvery(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	says("when one is due", "en", "no good backup since 1 Mar 2026, 12:30")
	note(store.Backup{Began: now().Add(-time.Hour), Path: "/b", Problem: "the disk <is> full"})
	says("after a failure", "en", "The backup of 2 Mar 2026, 13:30 failed", "the disk &lt;is&gt; full", "Last backup: 1 Mar 2026, 12:30")

	if err := s.store.Revive(t.Context(), now().Add(-time.Minute), store.Backup{Began: taken, Ended: taken}); err != nil {
		t.Fatal(err)
	}
	says("after a restore", "ru", "из копии от 01.03.2026, 12:30. Терминалов, приславших недостающее: 0 из 1.")
	epoch, err := s.store.Epoch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	beat(2, wire.Heartbeat{Filled: epoch})
	says("when it is filled", "en", "sent again what it lacked: 1 of 1.")
}
