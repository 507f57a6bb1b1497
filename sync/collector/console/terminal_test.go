package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/collector/store/storetest"
	"otklik/sync/wire"
)

// What waited on a disk that is in use no more is named on the list and on the terminal's page.
func TestALostQueueIsNamed(t *testing.T) {
	s := mustSite(t)
	c := visitor(t)
	post(t, c, s.url+"/login", url.Values{"name": {name}, "password": {password}})
	left := storetest.Enrolled(t, s.store, "Зал", "Левый")
	for i, origin := range []string{"Левый", "другой диск"} {
		beat := wire.Heartbeat{Origin: storetest.Origin(origin), Beat: uint64(i + 1), FirstSeq: 1, LastSeq: uint64(50 * (1 - i)), Queued: uint64(50 * (1 - i))}
		if _, err := s.store.Beat(t.Context(), left.ID, beat, now()); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"/terminals", "/terminals/" + left.ID.String()} {
		if _, body := getPage(t, c, s.url+path); !strings.Contains(body, "не хватает 50 ответов") || !strings.Contains(body, "50 ждали на прежнем диске") {
			t.Errorf("%s does not name what is lost:\n%s", path, body)
		}
	}
}

// An alarm that somebody has read is taken off the page; one that happens again stands there once more.
func TestAlarmsAreAcknowledged(t *testing.T) {
	s := mustSite(t)
	c := visitor(t)
	post(t, c, s.url+"/login", url.Values{"name": {name}, "password": {password}})
	left := storetest.Enrolled(t, s.store, "Зал", "Левый")
	clone := func(seq uint64) {
		t.Helper()
		other := storetest.Arrival(seq, "на копии")
		other.AnswerID = storetest.AnswerID(1000 + seq)
		in := store.Intake{Terminal: left.ID, Origin: storetest.Origin("Левый"), Received: now(), Arrivals: []store.Arrival{storetest.Arrival(seq, "да"), other}}
		if _, err := s.store.Keep(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	for seq := uint64(1); seq <= 3; seq++ {
		clone(seq)
	}
	const told = "диск терминала скопирован"
	_, body := getPage(t, c, s.url+"/terminals")
	if strings.Count(body, told) != 1 || !strings.Contains(body, "3 раза с ") {
		t.Fatalf("three alarms of a kind are not one:\n%s", body)
	}
	right := storetest.Enrolled(t, s.store, "Зал", "Правый")
	for id, want := range map[uuid.UUID]int{left.ID: 1, right.ID: 0} {
		if _, body := getPage(t, c, s.url+"/terminals/"+id.String()); strings.Count(body, told) != want {
			t.Errorf("the page of a terminal does not tell of its own alarms alone:\n%s", body)
		}
	}
	alarms, err := s.store.Alarms(t.Context(), 9)
	if err != nil || len(alarms) != 1 {
		t.Fatalf("%+v, %v", alarms, err)
	}
	for range 2 { // somebody else may be faster
		if resp, _ := post(t, c, s.url+"/alarms/acknowledge", url.Values{"id": {"1"}}); resp.StatusCode != http.StatusSeeOther {
			t.Errorf("%s", resp.Status)
		}
	}
	if _, body := getPage(t, c, s.url+"/terminals"); strings.Contains(body, told) {
		t.Error("it was read, and stands there")
	}
	clone(4)
	if _, body := getPage(t, c, s.url+"/terminals"); strings.Count(body, told) != 1 {
		t.Error("it happened again, and is not told")
	}
}

// A revoked terminal has a button by which it may send what is left on it; its history says who pressed it.
func TestRevokedTerminalIsHeardByAButton(t *testing.T) {
	s := mustSite(t)
	c := visitor(t)
	post(t, c, s.url+"/login", url.Values{"name": {name}, "password": {password}})
	left := storetest.Enrolled(t, s.store, "Зал", "Левый")
	page := s.url + "/terminals/" + left.ID.String()
	if _, body := getPage(t, c, page); strings.Contains(body, "Принять остаток") {
		t.Error("one that is at work has the button")
	}
	if resp, _ := post(t, c, page+"/send", url.Values{"on": {"yes"}}); resp.StatusCode != http.StatusNotFound {
		t.Errorf("one that is at work: %s", resp.Status)
	}
	if err := s.store.RevokeTerminal(t.Context(), left.ID, now()); err != nil {
		t.Fatal(err)
	}
	for _, on := range []bool{true, false} {
		_, body := getPage(t, c, page)
		button := map[bool]string{true: "Принять остаток", false: "Больше не принимать"}[on]
		if !strings.Contains(body, button) {
			t.Errorf("there is no button %q:\n%s", button, body)
		}
		post(t, c, page+"/send", url.Values{"on": {map[bool]string{true: "yes", false: "no"}[on]}})
		if one, err := s.store.Terminal(t.Context(), left.ID); err != nil || one.MaySend() != on || one.Active() {
			t.Errorf("%v: %+v, %v", on, one, err)
		}
	}
	_, body := getPage(t, c, page)
	for _, words := range []string{"История", "подключён", "отозван", "разрешено передать остаток", "передача остатка остановлена", name} {
		if !strings.Contains(body, words) {
			t.Errorf("the history does not say %q", words)
		}
	}
}
