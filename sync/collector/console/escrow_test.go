package console_test

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"otklik/sync/collector/console"
	"otklik/sync/collector/store/storetest"
	"otklik/sync/wire"
)

// escrowed are terminals at a collector with an escrow key: two that seal for it, one that seals for the key before, one that
// never was in touch, and one that is gone, and may seal for whatever it did.
func escrowed(t *testing.T) (s *site, seals, not, gone string) {
	t.Helper()
	escrow := bytes.Repeat([]byte{7}, 32)
	s = mustSite(t, func(c *console.Config) { c.Escrow = escrow })
	page := func(name string, key []byte) string {
		terminal := storetest.Enrolled(t, s.store, "Главный зал", name)
		if key != nil {
			beat := wire.Heartbeat{Origin: storetest.Origin(name), Beat: 1, Version: "1.4", Escrow: wire.Recipients{Escrow: key}.EscrowMark()}
			if fresh, err := s.store.Beat(t.Context(), terminal.ID, beat, now()); err != nil || !fresh {
				t.Fatal(fresh, err)
			}
		}
		return s.url + "/terminals/" + terminal.ID.String()
	}
	seals, not = page("Левый", escrow), page("Правый", bytes.Repeat([]byte{8}, 32))
	page("У выхода", escrow)
	page("Новый", nil)
	gone = page("Прежний", bytes.Repeat([]byte{8}, 32))
	if err := s.store.RevokeTerminal(t.Context(), s.terminal(t, "Прежний").ID, now()); err != nil {
		t.Fatal(err)
	}
	return s, seals, not, gone
}

func TestPagesSayWhichTerminalsSealForTheEscrowKey(t *testing.T) {
	const yes, no = "запечатывает и для него", "ещё не запечатывает для него"
	s, seals, not, gone := escrowed(t)
	c := visitor(t)
	post(t, c, s.url+"/login", url.Values{"name": {name}, "password": {password}})
	for _, page := range []struct {
		url  string
		want map[string]int
	}{
		{s.url + "/terminals", map[string]int{"Для запасного ключа запечатывают 2 терминала из 4": 1, "ещё без запасного ключа": 2}},
		{seals, map[string]int{"Запасной ключ": 1, yes: 1, no: 0}},
		{not, map[string]int{"Запасной ключ": 1, yes: 0, no: 1, "от курьера": 1}},
		{gone, map[string]int{"Запасной ключ": 0, yes: 0, no: 0}},
	} {
		_, body := getPage(t, c, page.url)
		for text, n := range page.want {
			if strings.Count(body, text) != n {
				t.Errorf("%s says %q %d times, want %d:\n%s", page.url, text, strings.Count(body, text), n, body)
			}
		}
	}

	// Without a key nobody has to know that there could be one.
	none := mustSite(t)
	none.fill(t)
	c = visitor(t)
	post(t, c, none.url+"/login", url.Values{"name": {name}, "password": {password}})
	for _, page := range []string{none.url + "/terminals", none.url + "/terminals/" + none.terminal(t, "Терминал 1").ID.String()} {
		if _, body := getPage(t, c, page); strings.Contains(strings.ToLower(body), "запасно") {
			t.Errorf("%s speaks of an escrow key:\n%s", page, body)
		}
	}
}

func TestEscrowKeyInABrowser(t *testing.T) {
	s, seals, not, _ := escrowed(t)
	ctx := mustBrowser(t)
	for _, w := range []int64{1280, 390} {
		name := map[int64]string{1280: "wide", 390: "phone"}[w]
		do(t, ctx, width(w, 900), chromedp.Navigate(s.url+"/terminals"))
		if w == 1280 {
			logIn(t, ctx, s, password)
		}
		do(t, ctx, seen("p.escrow"))
		if got := text(t, ctx, "p.escrow"); got != "Для запасного ключа запечатывают 2 терминала из 4" {
			t.Errorf("the list says %q", got)
		}
		picture(t, ctx, "escrow-list-"+name)
		do(t, ctx, chromedp.Navigate(seals), seen("dl.facts"))
		picture(t, ctx, "escrow-seals-"+name)
		do(t, ctx, chromedp.Navigate(not), seen("dl.facts"))
		picture(t, ctx, "escrow-not-"+name)
	}
}
