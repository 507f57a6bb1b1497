package storetest

import (
	"crypto/sha256"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

func enrolment(t *testing.T, p Place) {
	s := p()
	first := sha256.Sum256([]byte("lost code"))
	second := sha256.Sum256([]byte("code"))
	issue := store.Enrolment{
		CodeHash: first, Site: "Hall", Name: "Left", Surveys: []string{"smiley", "exit-poll"}, Issued: Now, Expires: Now.Add(time.Hour),
	}
	must(t, s.IssueEnrolment(t.Context(), issue))
	issue.CodeHash = second
	must(t, s.IssueEnrolment(t.Context(), issue))

	show := store.Redemption{
		CodeHash: first, PublicKey: []byte("key"), Origin: Origin("a"), Version: "1.2", Terminal: uuid.New(), Now: Now,
	}
	if _, err := s.RedeemEnrolment(t.Context(), show); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a code that was replaced: %v", err)
	}
	show.CodeHash = second
	terminal, err := s.RedeemEnrolment(t.Context(), show)
	must(t, err)
	want := store.Terminal{
		ID: show.Terminal, Site: "Hall", Name: "Left", Surveys: issue.Surveys, PublicKey: show.PublicKey, Enrolled: Now, Version: "1.2",
	}
	if !reflect.DeepEqual(terminal, want) {
		t.Errorf("enrolled %+v\nwant %+v", terminal, want)
	}
	must(t, s.Close())

	// The reply was lost; much later the terminal asks again, by a new name it made up.
	s = openAt(t, p)
	show.Terminal, show.Now = uuid.New(), Now.Add(48*time.Hour)
	again, err := s.RedeemEnrolment(t.Context(), show)
	must(t, err)
	if !reflect.DeepEqual(again, want) {
		t.Errorf("asked again: %+v", again)
	}
	ts, err := s.Terminals(t.Context())
	must(t, err)
	if len(ts) != 1 || !reflect.DeepEqual(ts[0], want) {
		t.Errorf("terminals: %+v", ts)
	}
}

func enrolmentRefusals(t *testing.T, p Place) {
	s := openAt(t, p)
	taken := Enrolled(t, s, "Hall", "Left")
	issue := store.Enrolment{
		CodeHash: sha256.Sum256([]byte("x")), Site: "Hall", Name: "Left", Issued: Now, Expires: Now.Add(time.Hour),
	}
	if err := s.IssueEnrolment(t.Context(), issue); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a code for a name that is taken: %v", err)
	}
	issue.Name = "Right"
	must(t, s.IssueEnrolment(t.Context(), issue))
	used := sha256.Sum256([]byte("Hall/Left"))
	for _, c := range []struct {
		name string
		show store.Redemption
		want error
	}{
		{"unknown code", store.Redemption{CodeHash: sha256.Sum256([]byte("y")), PublicKey: []byte("k"), Now: Now}, store.ErrNotFound},
		{"too late", store.Redemption{CodeHash: issue.CodeHash, PublicKey: []byte("k"), Now: issue.Expires}, store.ErrExpired},
		{"used by another", store.Redemption{CodeHash: used, PublicKey: []byte("k"), Now: Now}, store.ErrConflict},
		{"key of another", store.Redemption{CodeHash: issue.CodeHash, PublicKey: taken.PublicKey, Now: Now}, store.ErrConflict},
	} {
		c.show.Terminal = uuid.New()
		if _, err := s.RedeemEnrolment(t.Context(), c.show); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	must(t, s.RevokeTerminal(t.Context(), taken.ID, Now))
	again := store.Redemption{CodeHash: used, PublicKey: taken.PublicKey, Terminal: uuid.New(), Now: Now}
	if _, err := s.RedeemEnrolment(t.Context(), again); !errors.Is(err, store.ErrRevoked) {
		t.Errorf("the code of a revoked terminal: %v", err)
	}
}

func reusableCode(t *testing.T, p Place) {
	s := openAt(t, p)
	Enrolled(t, s, "Hall", "Sim 02")
	code := sha256.Sum256([]byte("simulation"))
	issue := store.Enrolment{
		CodeHash: code, Site: "Hall", Name: "Sim", Surveys: []string{"smiley"}, Uses: 10, Issued: Now, Expires: Now.Add(time.Hour),
	}
	must(t, s.IssueEnrolment(t.Context(), issue))
	show := func(key string) (store.Terminal, error) {
		return s.RedeemEnrolment(t.Context(), store.Redemption{
			CodeHash: code, PublicKey: []byte(key), Origin: Origin(key), Terminal: uuid.New(), Now: Now,
		})
	}
	made := map[uuid.UUID]bool{}
	var first store.Terminal
	for i, name := range []string{
		"Sim 01", "Sim 03", "Sim 04", "Sim 05", "Sim 06", "Sim 07", "Sim 08", "Sim 09", "Sim 10", "Sim 11",
	} {
		if i == 1 { // a part of it is used: a code for the same name takes nothing away
			again := issue
			again.CodeHash = sha256.Sum256([]byte("another"))
			if err := s.IssueEnrolment(t.Context(), again); !errors.Is(err, store.ErrConflict) {
				t.Errorf("a second code for names that are taken: %v", err)
			}
			must(t, s.RevokeTerminal(t.Context(), first.ID, Now))
			must(t, s.IssueEnrolment(t.Context(), again))
		}
		terminal, err := show(name)
		must(t, err)
		if made[terminal.ID] || terminal.Name != name || terminal.Site != "Hall" || !reflect.DeepEqual(terminal.Surveys, issue.Surveys) {
			t.Errorf("use %d made %+v, want %s", i+1, terminal, name)
		}
		made[terminal.ID] = true
		if i == 0 {
			first = terminal
		}
	}
	for _, key := range []string{"one more", "key of Hall/Sim 02"} {
		if _, err := show(key); !errors.Is(err, store.ErrSpent) {
			t.Errorf("a spent code shown with the key %s: %v", key, err)
		}
	}
	again, err := show("Sim 04") // its reply was lost
	must(t, err)
	if again.Name != "Sim 04" {
		t.Errorf("asked again: %+v", again)
	}
	if _, err := show("Sim 01"); !errors.Is(err, store.ErrRevoked) {
		t.Errorf("the key of a revoked terminal: %v", err)
	}
}

func revoke(t *testing.T, p Place) {
	s := openAt(t, p)
	old := Enrolled(t, s, "Hall", "Left")
	Enrolled(t, s, "Yard", "Gate")
	for _, at := range []time.Time{Now.Add(time.Minute), Now.Add(time.Hour)} {
		must(t, s.RevokeTerminal(t.Context(), old.ID, at))
	}
	got, err := s.Terminal(t.Context(), old.ID)
	must(t, err)
	if got.Active() || !got.Revoked.Equal(Now.Add(time.Minute)) {
		t.Errorf("revoked: %v", got.Revoked)
	}
	ts, err := s.Terminals(t.Context())
	must(t, err)
	if len(ts) != 2 || ts[0].Name != "Gate" || ts[1].ID != old.ID {
		t.Errorf("terminals: %+v", ts)
	}
	// The name is free again.
	must(t, s.IssueEnrolment(t.Context(), store.Enrolment{
		CodeHash: sha256.Sum256([]byte("next")), Site: "Hall", Name: "Left", Issued: Now, Expires: Now.Add(time.Hour),
	}))
	if err := s.RevokeTerminal(t.Context(), uuid.Max, Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("revoking nobody: %v", err)
	}
	if _, err := s.Terminal(t.Context(), uuid.Max); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("looking nobody up: %v", err)
	}
}

func settings(t *testing.T, p Place) {
	s := p()
	want, other := Enrolled(t, s, "Hall", "Left"), Enrolled(t, s, "Hall", "Right")
	for range 2 { // the second time nothing changes
		must(t, s.SetTerminalPIN(t.Context(), want.ID, "$argon2id$…"))
		must(t, s.SetTerminalLeave(t.Context(), want.ID, true))
		must(t, s.SetTerminalHours(t.Context(), want.ID, "mon-fri"))
	}
	must(t, s.Close())
	s = openAt(t, p)
	want.PIN, want.Leave, want.Hours, want.Settings = "$argon2id$…", true, "mon-fri", 3
	for _, w := range []store.Terminal{want, other} {
		if got, err := s.Terminal(t.Context(), w.ID); err != nil || !reflect.DeepEqual(got, w) {
			t.Errorf("%+v\nwant %+v (%v)", got, w, err)
		}
	}
	must(t, s.SetTerminalPIN(t.Context(), want.ID, ""))
	must(t, s.SetTerminalLeave(t.Context(), want.ID, false))
	must(t, s.SetTerminalHours(t.Context(), want.ID, ""))
	want.PIN, want.Leave, want.Hours, want.Settings = "", false, "", 6
	if got, err := s.Terminal(t.Context(), want.ID); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("taken back: %+v\nwant %+v (%v)", got, want, err)
	}
	if err := s.SetTerminalPIN(t.Context(), uuid.Max, "x"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the PIN of nobody: %v", err)
	}
	if err := s.SetTerminalLeave(t.Context(), uuid.Max, true); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("leaving of nobody: %v", err)
	}
	if err := s.SetTerminalHours(t.Context(), uuid.Max, "sat"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the hours of nobody: %v", err)
	}
}

func beat(t *testing.T, p Place) {
	s := openAt(t, p)
	terminal := Enrolled(t, s, "Hall", "Left")
	b := wire.Heartbeat{
		Origin: Origin("Left"), Beat: 5, Version: "1.4", Queued: 7, Oldest: Now.Add(-time.Hour), DiskFree: 1 << 33,
		Config: 2, Problem: "no network", Display: "1080x1920@32", Escrow: wire.EscrowMark{1, 7: 2},
		Troubles: []wire.Trouble{
			{Reason: "not-reached"},
			{Reason: wire.TroubleDiskSoon, Count: 5},
			{Reason: "<b>"},
			{},
			{Reason: "a b"},
			{Reason: strings.Repeat("a", store.MaxReason+1)},
			{Reason: "many", Count: 1<<64 - 1},
		},
	}
	fresh, err := s.Beat(t.Context(), terminal.ID, b, Now)
	must(t, err)
	if !fresh {
		t.Error("the first heartbeat was taken for a replay")
	}
	want := terminal
	want.LastSeen, want.Version, want.Queued, want.Oldest = Now, "1.4", 7, b.Oldest
	want.DiskFree, want.Config, want.Problem, want.Display, want.Escrow = b.DiskFree, 2, "no network", "1080x1920@32", b.Escrow
	want.Troubles = []wire.Trouble{{Reason: "not-reached"}, {Reason: wire.TroubleDiskSoon, Count: 5}, {Reason: "many", Count: 1 << 48}}
	got, err := s.Terminal(t.Context(), terminal.ID)
	must(t, err)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("after a heartbeat %+v\nwant %+v", got, want)
	}
	b.Problem = "replayed"
	if fresh, err = s.Beat(t.Context(), terminal.ID, b, Now.Add(time.Hour)); fresh || err != nil {
		t.Errorf("a replay: %v, %v", fresh, err)
	}
	if got, err = s.Terminal(t.Context(), terminal.ID); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("a replay changed %+v (%v)", got, err)
	}
	// A new outbox counts from one again; whatever a terminal says, its row can be read.
	b = wire.Heartbeat{Origin: Origin("new disk"), Beat: 1, Queued: 1<<64 - 1, LastSeq: 1<<64 - 1, DiskFree: 1<<64 - 1, Config: 1<<64 - 1}
	if fresh, err = s.Beat(t.Context(), terminal.ID, b, Now.Add(time.Hour)); !fresh || err != nil {
		t.Errorf("a new origin: %v, %v", fresh, err)
	}
	if got, err = s.Terminal(t.Context(), terminal.ID); err != nil || !got.LastSeen.Equal(Now.Add(time.Hour)) || got.Problem != "" || got.Troubles != nil ||
		got.Escrow != (wire.EscrowMark{}) {
		t.Errorf("after a new origin's heartbeat %+v (%v)", got, err)
	}
	if _, err = s.Beat(t.Context(), uuid.Max, b, Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a heartbeat of nobody: %v", err)
	}
	must(t, s.NoteEscrow(t.Context(), terminal.ID, wire.EscrowMark{3}))
	want = got
	want.Escrow = wire.EscrowMark{3}
	if got, err = s.Terminal(t.Context(), terminal.ID); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("after a courier %+v, %v\nwant %+v", got, err, want)
	}
	if err := s.NoteEscrow(t.Context(), uuid.Max, wire.EscrowMark{3}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a courier from nobody: %v", err)
	}
}

// missing: what is neither here nor waits, of a terminal with a gap, a queue and a clone.
func missing(t *testing.T, p Place) {
	s := openAt(t, p)
	terminal := Enrolled(t, s, "Hall", "Left")
	clone := Arrival(3, "of a copied disk")
	clone.AnswerID = AnswerID(33)
	mustKeep(t, s, intake(terminal, Arrival(1, "a"), Arrival(2, "b"), Arrival(3, "c"), clone))
	for i, c := range []struct {
		first, last, queued, want uint64
	}{
		{1, 3, 0, 0},
		{1, 5, 2, 0},  // two wait
		{1, 10, 2, 5}, // 1–3 are here, two wait, five are nowhere
		{1, 2, 0, 0},  // an old heartbeat's range is less than what is here
		{9, 8, 40, 0}, // makes no sense
	} {
		_, err := s.Beat(t.Context(), terminal.ID, wire.Heartbeat{
			Origin: Origin("Left"), Beat: uint64(i + 1), FirstSeq: c.first, LastSeq: c.last, Queued: c.queued,
		}, Now)
		must(t, err)
		got, err := s.Terminal(t.Context(), terminal.ID)
		must(t, err)
		all, err := s.Coverage(t.Context(), uuid.Nil)
		must(t, err)
		if missing := store.Missing(all)[terminal.ID]; missing != c.want || got.Kept != 3 {
			t.Errorf("%+v: missing %d, kept %d", c, missing, got.Kept)
		}
	}
	_, err := s.Beat(t.Context(), terminal.ID, wire.Heartbeat{Origin: Origin("Left"), Beat: 99, FirstSeq: 1, LastSeq: 3}, Now)
	must(t, err)
	// More is here than waits, and yet some are nowhere: what is missing is told by numbers, not by counts.
	mustKeep(t, s, intake(terminal, Arrival(10, "z"), Arrival(20, "z")))
	all, err := s.Coverage(t.Context(), uuid.Nil)
	must(t, err)
	if got := store.Missing(all)[terminal.ID]; got != 15 {
		t.Errorf("%d missing, want 4–9 and 11–19: %+v", got, all)
	}
}

func publish(t *testing.T, p Place) {
	s := openAt(t, p)
	before, err := s.ConfigVersion(t.Context())
	must(t, err)
	if before != 1 {
		t.Errorf("a new store has config version %d", before)
	}
	v := func(id string, number int, version string) store.SurveyVersion {
		return store.SurveyVersion{ID: id, Number: number, Version: version, Source: []byte(id + version), Published: Now}
	}
	for _, c := range []struct {
		v         store.SurveyVersion
		published bool
		err       error
	}{
		{v("zebra", 1, "aa"), true, nil},
		{v("apple", 2, "bb"), true, nil},
		{v("zebra", 1, "aa"), false, nil},
		{v("zebra", 1, "cc"), false, store.ErrConflict},
		{v("zebra", 3, "dd"), true, nil},
		{v("zebra", 2, "ee"), false, store.ErrConflict},
		{v("zebra", 1, "aa"), false, nil},
	} {
		published, err := s.PublishSurvey(t.Context(), c.v)
		if published != c.published || !errors.Is(err, c.err) {
			t.Errorf("publish %s %d %s: %v, %v", c.v.ID, c.v.Number, c.v.Version, published, err)
		}
	}
	after, err := s.ConfigVersion(t.Context())
	must(t, err)
	if after != before+3 {
		t.Errorf("three publications took the config version from %d to %d", before, after)
	}
	latest, err := s.LatestSurveys(t.Context())
	must(t, err)
	if want := []store.SurveyVersion{v("zebra", 3, "dd"), v("apple", 2, "bb")}; !reflect.DeepEqual(latest, want) {
		t.Errorf("latest: %+v", latest)
	}
	versions, err := s.SurveyVersions(t.Context(), "zebra")
	must(t, err)
	if want := []store.SurveyVersion{v("zebra", 1, "aa"), v("zebra", 3, "dd")}; !reflect.DeepEqual(versions, want) {
		t.Errorf("versions: %+v", versions)
	}
	one, err := s.Survey(t.Context(), "zebra", "aa")
	must(t, err)
	if !reflect.DeepEqual(one, v("zebra", 1, "aa")) {
		t.Errorf("one: %+v", one)
	}
	if _, err := s.Survey(t.Context(), "apple", "aa"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a version that is not: %v", err)
	}
}

func users(t *testing.T, p Place) {
	s := openAt(t, p)
	u := store.User{Name: "Алсу", Hash: "$argon2id$…", Added: Now}
	must(t, s.AddUser(t.Context(), u))
	if err := s.AddUser(t.Context(), store.User{Name: "АЛСУ"}); !errors.Is(err, store.ErrConflict) {
		t.Errorf("the same name in capitals: %v", err)
	}
	must(t, s.SetPassword(t.Context(), "алсу", "other"))
	u.Hash = "other"
	got, err := s.User(t.Context(), "АлСу")
	must(t, err)
	if got != u {
		t.Errorf("%+v, want %+v", got, u)
	}
	if _, err := s.User(t.Context(), "nobody"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("nobody: %v", err)
	}
	if err := s.SetPassword(t.Context(), "nobody", "x"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("nobody's password: %v", err)
	}
}

func secondProcess(t *testing.T, p Place) {
	serving, command := openAt(t, p), openAt(t, p)
	terminal := Enrolled(t, command, "Hall", "Left")
	wantVerdicts(t, mustKeep(t, serving, intake(terminal, Arrival(1, "a"))), wire.Stored)
	wantVerdicts(t, mustKeep(t, command, intake(terminal, Arrival(1, "a"), Arrival(2, "b"))), wire.Duplicate, wire.Stored)
	if n := len(all(t, serving, "smiley")); n != 2 {
		t.Errorf("%d responses, want 2", n)
	}
}
