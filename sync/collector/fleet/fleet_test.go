package fleet_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/fleet"
	"otklik/sync/collector/store"
	"otklik/sync/collector/store/sqlite"
	"otklik/sync/wire"
)

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func mustFleet(t *testing.T) (*fleet.Fleet, *sqlite.Store, *clock) {
	t.Helper()
	s := collectortest.NewStore(t)
	c := &clock{collectortest.Now}
	return fleet.New(s, bytes.Repeat([]byte{7}, 32), bytes.Repeat([]byte{8}, 32), c.now), s, c
}

func request(code wire.Code, key byte) wire.EnrolRequest {
	return wire.EnrolRequest{
		Code: strings.ToLower(code.String()), Origin: wire.Origin{key}, PublicKey: bytes.Repeat([]byte{key}, ed25519.PublicKeySize),
		Version: "1.0",
	}
}

func TestEnrol(t *testing.T) {
	f, s, c := mustFleet(t)
	survey := collectortest.Publish(t, s, collectortest.Visit1)
	code, err := f.IssueCode(t.Context(), "Зал", "Левый")
	if err != nil {
		t.Fatal(err)
	}
	c.t = c.t.Add(fleet.CodeLife - time.Second)
	got, err := f.Enrol(t.Context(), request(code, 1))
	if err != nil {
		t.Fatal(err)
	}
	epoch, err := s.Epoch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := wire.EnrolReply{
		Terminal: got.Terminal, Origin: wire.Origin{1}, SigningKey: bytes.Repeat([]byte{7}, 32),
		SealingKey: bytes.Repeat([]byte{8}, 32), Epoch: epoch,
		Config: wire.TerminalConfig{
			Version: 2, Site: "Зал", Name: "Левый",
			Surveys: []wire.SurveyRef{{ID: "visit", Version: survey.Version, Number: 1}},
		},
	}
	if !reflect.DeepEqual(got, want) || got.Terminal.Version() != 4 {
		t.Errorf("enrolled as %+v\nwant %+v", got, want)
	}
	// The reply was lost.
	again, err := f.Enrol(t.Context(), request(code, 1))
	if err != nil || !reflect.DeepEqual(again, want) {
		t.Errorf("asked again: %+v, %v", again, err)
	}
}

func TestTerminalOffersTheSurveysItWasGiven(t *testing.T) {
	f, s, _ := mustFleet(t)
	visit := collectortest.Publish(t, s, collectortest.Visit1)
	other := collectortest.Publish(t, s, bytes.Replace(collectortest.Visit1, []byte("id: visit"), []byte("id: other"), 1))
	collectortest.Publish(t, s, bytes.Replace(collectortest.Visit1, []byte("id: visit"), []byte("id: third"), 1))
	if _, err := f.IssueCode(t.Context(), "Зал", "Левый", "visit", "typo"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a survey that is not: %v", err)
	}
	code, err := f.IssueCode(t.Context(), "Зал", "Левый", "other", "visit")
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.Enrol(t.Context(), request(code, 1))
	if err != nil {
		t.Fatal(err)
	}
	want := []wire.SurveyRef{{ID: "other", Version: other.Version, Number: 1}, {ID: "visit", Version: visit.Version, Number: 1}}
	if !reflect.DeepEqual(got.Config.Surveys, want) {
		t.Errorf("offers %+v", got.Config.Surveys)
	}
}

func TestEnrolRefuses(t *testing.T) {
	f, _, c := mustFleet(t)
	used, err := f.IssueCode(t.Context(), "Зал", "Левый")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Enrol(t.Context(), request(used, 1)); err != nil {
		t.Fatal(err)
	}
	late, err := f.IssueCode(t.Context(), "Зал", "Правый")
	if err != nil {
		t.Fatal(err)
	}
	c.t = c.t.Add(fleet.CodeLife)
	shortKey := request(late, 3)
	shortKey.PublicKey = shortKey.PublicKey[1:]
	noOrigin := request(late, 3)
	noOrigin.Origin = wire.Origin{}
	for name, x := range map[string]struct {
		request wire.EnrolRequest
		want    error
	}{
		"another terminal": {request(used, 2), store.ErrConflict},
		"late":             {request(late, 2), store.ErrExpired},
		"guessed":          {request(wire.Code{1}, 2), store.ErrNotFound},
		"no code":          {wire.EnrolRequest{Code: "hello"}, wire.ErrCode},
		"short key":        {shortKey, wire.ErrMalformed},
		"no origin":        {noOrigin, wire.ErrMalformed},
	} {
		if _, err := f.Enrol(t.Context(), x.request); !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
	}
	for _, n := range [][2]string{{"", "a"}, {"a", ""}, {"a", "b\nc"}, {" a", "b"}, {"a", strings.Repeat("я", 81)}} {
		if _, err := f.IssueCode(t.Context(), n[0], n[1]); err == nil {
			t.Errorf("issued a code for %q", n)
		}
	}
	if _, err := f.IssueCode(t.Context(), "Зал", "Левый"); !errors.Is(err, store.ErrConflict) {
		t.Errorf("a code for a taken name: %v", err)
	}
}

func TestPublish(t *testing.T) {
	f, _, _ := mustFleet(t)
	changed := bytes.Replace(collectortest.Visit1, []byte("Кто вы?"), []byte("А вы кто?"), 1)
	retyped := bytes.Replace(collectortest.Visit2, []byte("kind: nps"), []byte("kind: stars"), 1)
	for _, c := range []struct {
		name   string
		source []byte
		fresh  bool
		says   string
	}{
		{"first", collectortest.Visit1, true, ""},
		{"again", collectortest.Visit1, false, ""},
		{"changed.yaml", changed, false, `changed.yaml: survey visit is published with number 1, and a published version never changes: raise "number" to 2`},
		{"retyped.yaml", retyped, false, "question advise is stars here and was nps in number 1"},
		{"second", collectortest.Visit2, true, ""},
		{"older again", collectortest.Visit1, false, ""},
	} {
		done, err := f.Publish(t.Context(), c.name, c.source)
		if c.says != "" {
			if !errors.Is(err, store.ErrConflict) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v, want %q", c.name, err, c.says)
			}
			continue
		}
		if err != nil || done.Fresh != c.fresh || done.Survey.ID != "visit" || c.name == "second" != (len(done.Changes) > 0) {
			t.Errorf("%s: %+v, %v", c.name, done, err)
		}
	}
	pictured := bytes.Replace(collectortest.All1, []byte("id: all"), []byte("id: pictured"), 1)
	if _, err := f.Publish(t.Context(), "bare.yaml", pictured); err == nil || !strings.Contains(err.Error(), "the picture hall.png is not in the survey") {
		t.Errorf("a survey without its pictures: %v", err)
	}
	var problems surveys.Problems
	if _, err := f.Publish(t.Context(), "broken.yaml", []byte("id: x\n")); !errors.As(err, &problems) || problems[0].File != "broken.yaml" {
		t.Errorf("a broken survey: %v", err)
	}
}

func TestReusableCode(t *testing.T) {
	f, s, _ := mustFleet(t)
	collectortest.Publish(t, s, collectortest.Visit1)
	for _, uses := range []int{-1, 0, fleet.MaxReusable + 1} {
		if _, err := f.IssueReusable(t.Context(), uses, "Зал", "Проба"); err == nil {
			t.Errorf("issued a code for %d terminals", uses)
		}
	}
	if _, err := f.IssueReusable(t.Context(), 100, "Зал", strings.Repeat("я", 78)); !errors.Is(err, fleet.ErrName) {
		t.Errorf("a name that is too long with its number: %v", err)
	}
	code, err := f.IssueReusable(t.Context(), 2, "Зал", "Проба", "visit")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"Проба 1", "Проба 2", "Проба 2"} {
		got, err := f.Enrol(t.Context(), request(code, byte(min(i, 1)+1)))
		if err != nil || got.Config.Name != want || len(got.Config.Surveys) != 1 {
			t.Errorf("enrolled as %+v (%v), want %s", got.Config, err, want)
		}
	}
	if _, err := f.Enrol(t.Context(), request(code, 9)); !errors.Is(err, store.ErrSpent) {
		t.Errorf("the third of two: %v", err)
	}
}
