package console_test

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/fleet"
	"otklik/sync/collector/store/storetest"
)

// group is the series of fillTickets.
const group = "Отдел приёма, 2 марта"

// fillTickets brings a test with tickets of every state, and an attempt by a used one.
func (s *site) fillTickets(t testing.TB) []string {
	t.Helper()
	law := collectortest.Publish(t, s.store, collectortest.Law)
	tickets, err := fleet.New(s.store, nil, nil, now).IssueTickets(t.Context(), "law", group, name, 13)
	if err != nil {
		t.Fatal(err)
	}
	terminal := storetest.Enrolled(t, s.store, "Учебный класс", "Планшет")
	right := []surveys.Answer{collectortest.Said("term", surveys.String("eleven")), collectortest.Said("paid", surveys.String("no"))}
	wrong := []surveys.Answer{collectortest.Said("term", surveys.String("three")), collectortest.Said("paid", surveys.String("yes"))}
	collectortest.RespondBy(t, s.store, terminal, 1, law, tickets[0], right...)
	collectortest.RespondBy(t, s.store, terminal, 2, law, tickets[1], wrong...)
	collectortest.RespondBy(t, s.store, terminal, 3, law, tickets[0], wrong...)
	if err := s.store.RevokeTicket(t.Context(), "law", tickets[2], now()); err != nil {
		t.Fatal(err)
	}
	return tickets
}

func TestTicketsAreIssuedPrintedAndRevoked(t *testing.T) {
	s := mustSite(t)
	collectortest.Publish(t, s.store, collectortest.Law)
	ctx := mustBrowser(t)
	do(t, ctx, chromedp.Navigate(s.url+"/surveys/law"), seen("#password"))
	logIn(t, ctx, s, password)
	do(t, ctx, click(`a[href="/surveys/law/tickets"]`), seen("input[name=series]"),
		chromedp.SendKeys(chromedp.CSS("input[name=series]"), group), chromedp.SendKeys(chromedp.CSS("input[name=count]"), "12"),
		click("form.download button"), seen(".tickets tbody tr"))
	if said := text(t, ctx, ".series .act-link"); said != "Напечатать 12 билетов" {
		t.Errorf("the series says %q", said)
	}
	first := text(t, ctx, ".tickets .digits")
	ticket, err := surveys.CheckTicket(first)
	if err != nil {
		t.Fatalf("the page shows %q: %v", first, err)
	}
	do(t, ctx, click(".tickets button"), seen(".tickets tr:first-child img[src*=revoked]"))
	all, err := s.store.Tickets(t.Context(), "law")
	if err != nil || len(all) != 12 || all[0].Ticket != ticket || all[0].Revoked.IsZero() || all[0].By != name {
		t.Fatalf("%d tickets, %v: %+v", len(all), err, all[0])
	}
	do(t, ctx, click(".series .act-link"), seen(".cards"))
	cards := text(t, ctx, ".cards")
	if n := strings.Count(cards, "Знание закона о занятости"); n != 11 || strings.Contains(cards, first) {
		t.Errorf("%d cards: %s", n, cards)
	}
	for _, k := range all[1:] {
		if !strings.Contains(strings.ReplaceAll(cards, "\u00a0", " "), strings.ReplaceAll(surveys.FormatTicket(k.Ticket), "\u00a0", " ")) {
			t.Errorf("no card of %s", k.Ticket)
		}
	}
	printed := get(t, ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	if n := bytes.Count(printed, []byte("/Type /Page\n")); n != 2 {
		t.Errorf("11 cards take %d sheets, ten fit on one", n)
	}
	if dir := os.Getenv("OTKLIK_PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "tickets.pdf"), printed, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTicketsChangeOnlyByAPostOfTheSiteItself(t *testing.T) {
	s := mustSite(t)
	tickets := s.fillTickets(t)
	collectortest.Publish(t, s.store, collectortest.Visit1)
	c := visitor(t)
	address := s.url + "/surveys/law/tickets"
	form := url.Values{"series": {"Ещё"}, "count": {"2"}, "ticket": {tickets[5]}}
	for _, path := range []string{"", "/revoke"} {
		if resp, _ := post(t, c, address+path, form); resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(resp.Header.Get("Location"), "/login") {
			t.Errorf("%s before the log-in: %s", path, resp.Status)
		}
	}
	post(t, c, s.url+"/login", url.Values{"name": {name}, "password": {password}})
	for _, path := range []string{"", "/revoke"} {
		if resp, _ := post(t, c, address+path, form, "Origin", "https://example.test"); resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s from elsewhere: %s", path, resp.Status)
		}
		getPage(t, c, address+path+"?"+form.Encode())
	}
	for said, wrong := range map[string]url.Values{
		"от 1 до 500": {"series": {"Ещё"}, "count": {"501"}}, "от 1 до 80": {"series": {""}, "count": {"2"}},
	} {
		resp, body := post(t, c, address, wrong)
		if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, said) {
			t.Errorf("%v: %s", wrong, resp.Status)
		}
	}
	if all, err := s.store.Tickets(t.Context(), "law"); err != nil || len(all) != 13 || !all[5].Open() {
		t.Errorf("%d tickets, %v", len(all), err)
	}
	for _, path := range []string{"/surveys/visit/tickets", "/surveys/nowhere/tickets", "/surveys/law/tickets/print?series=x"} {
		if resp, _ := getPage(t, c, s.url+path); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
	_, body := getPage(t, c, address)
	for _, want := range []string{"использован", "отозван", "3/3, сдан", "0/3, не сдан"} {
		if !strings.Contains(body, want) {
			t.Errorf("the list does not say %q", want)
		}
	}
	if _, body = getPage(t, c, s.url+"/surveys/law"); !strings.Contains(body, "1 ответ не вошёл в цифры") {
		t.Error("the page does not name the attempt that is not counted")
	}
	if resp, _ := post(t, c, address, form); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("issue: %s", resp.Status)
	}
}
