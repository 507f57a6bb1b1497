package console_test

import (
	"encoding/csv"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

func TestLogInAndRead(t *testing.T) {
	s := mustSite(t)
	s.fill(t)
	ctx := mustBrowser(t)

	// Whoever is not logged in is asked to, and comes where they wanted to go.
	do(t, ctx, chromedp.Navigate(s.url+"/terminals"), seen("#password"))
	logIn(t, ctx, s, "не тот пароль")
	if said := text(t, ctx, "[role=alert]"); !strings.Contains(said, "Имя или пароль не подходят") {
		t.Errorf("a wrong password gets %q", said)
	}
	picture(t, ctx, "login-wrong")
	logIn(t, ctx, s, password)
	do(t, ctx, seen("table.terminals"))
	fleet := text(t, ctx, "table.terminals")
	for _, words := range []string{
		"Терминал 1", "Главный зал", "работает", "только что", "молчит 1 день", "сообщает о неполадке", "не хватает 6 ответов", "1–7, нет 1–3, 5–7",
		"ещё не выходил на связь", "отозван", "112", "дольше всех — 5 ч",
	} {
		if !strings.Contains(fleet, words) {
			t.Errorf("the terminals do not say %q:\n%s", words, fleet)
		}
	}
	if said := text(t, ctx, ".verdict"); said != "3 терминала требуют внимания" {
		t.Errorf("verdict %q", said)
	}
	if said := text(t, ctx, ".alarms"); !strings.Contains(said, "диск терминала скопирован") || !strings.Contains(said, "1 запись не удалось прочесть") {
		t.Errorf("alarms %q", said)
	}

	do(t, ctx, chromedp.Navigate(s.url+"/terminals/"+s.terminal(t, "Терминал 4").ID.String()), seen(".facts"))
	if said := text(t, ctx, "main"); !strings.Contains(said, "1–7, нет 1–3, 5–7") {
		t.Errorf("the terminal's page does not say what is missing:\n%s", said)
	}
	do(t, ctx, click(`nav a[href="/surveys"]`), seen(".surveys"))
	if said := text(t, ctx, `a[href="/surveys/exit-poll"] .amount .figure`); said != "241" {
		t.Errorf("the list says %q responses", said)
	}
	do(t, ctx, click(`a[href="/surveys/exit-poll"]`), seen("#responses"))
	if said := text(t, ctx, "#responses"); said != "241" {
		t.Errorf("the survey says %q responses", said)
	}
	for _, words := range []string{"Ищу работу", "%"} {
		if said := text(t, ctx, "#q-who"); !strings.Contains(said, words) {
			t.Errorf("the question does not say %q: %s", words, said)
		}
	}
	do(t, ctx, click(".responses summary"), seen(".responses dl"))

	do(t, ctx, click(`.languages button[value=en]`), seen(`html[lang=en] #responses`))
	if said := text(t, ctx, "h2"); said != "Questions" {
		t.Errorf("in English the first heading is %q", said)
	}
	do(t, ctx, click(".leave button"), seen("html[lang=en] #password"),
		chromedp.Navigate(s.url+"/surveys"), seen("#password"))
}

func TestDownload(t *testing.T) {
	s := mustSite(t)
	s.fill(t)
	ctx := mustBrowser(t)
	dir := t.TempDir()
	done := make(chan string, 1)
	err := chromedp.ListenBrowser(ctx, func(event any) {
		if e, ok := event.(*browser.EventDownloadProgress); ok && e.State == browser.DownloadProgressStateCompleted {
			done <- e.GUID
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	events := true
	if _, err := chromedp.CallBrowser(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, DownloadPath: dir, EventsEnabled: &events,
	}); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.Navigate(s.url+"/surveys/exit-poll"), seen("#password"))
	logIn(t, ctx, s, password)
	for _, c := range []struct {
		header, opener, format, starts string
		lines                          int
	}{
		{"codes", "other", "csv", "response_id,survey,version,terminal,site,", 242},
		{"ru", "excel", "csv", "\uFEFFОтвет;Опрос;Версия;Терминал;Площадка;", 242},
		{"codes", "other", "jsonl", `{"response":"`, 241},
	} {
		do(t, ctx, chromedp.SetValue(chromedp.CSS("select[name=header]"), c.header), chromedp.SetValue(chromedp.CSS("select[name=for]"), c.opener),
			click(fmt.Sprintf("button[value=%s]", c.format)))
		select {
		case guid := <-done:
			data, err := os.ReadFile(filepath.Join(dir, guid))
			if err != nil {
				t.Fatal(err)
			}
			for name, text := range unzip(t, data) {
				if strings.HasSuffix(name, "."+c.format) {
					data = []byte(text)
				}
			}
			n := strings.Count(string(data), "\n")
			if c.format == "csv" { // a comment may have lines, too
				r := csv.NewReader(strings.NewReader(string(data)))
				r.Comma = map[string]rune{"excel": ';', "other": ','}[c.opener]
				all, err := r.ReadAll()
				if err != nil {
					t.Fatal(err)
				}
				n = len(all)
			}
			if !strings.HasPrefix(string(data), c.starts) || n != c.lines {
				t.Errorf("%+v: %d lines, starts %.80q", c, n, data)
			}
			if strings.Contains(string(data), ",=HYPERLINK") {
				t.Error("a comment runs as a formula")
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("%+v: nothing came down", c)
		}
	}
}

// Every page in both languages fits the width of a desk and of a telephone.
func TestPagesFit(t *testing.T) {
	s := mustSite(t)
	ctx := mustBrowser(t)
	do(t, ctx, chromedp.Navigate(s.url+"/login"), seen("#password"))
	sizes := []struct {
		name string
		w, h int64
	}{{"wide", 1280, 900}, {"narrow", 390, 844}}
	look := func(page, file string) {
		t.Helper()
		for _, lang := range []string{"en", "ru"} {
			do(t, ctx, chromedp.Navigate(s.url+page), click(".languages button[value="+lang+"]"),
				seen("html[lang="+lang+"] h1"))
			for _, size := range sizes {
				do(t, ctx, width(size.w, size.h))
				if w := get(t, ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth")); w > size.w {
					t.Errorf("%s in %s is %d wide on a screen of %d", page, lang, w, size.w)
				}
				picture(t, ctx, file+"-"+lang+"-"+size.name)
			}
		}
	}
	look("/login", "login")
	logIn(t, ctx, s, password)
	do(t, ctx, seen(".leave"))
	look("/surveys", "surveys-empty")
	look("/terminals", "terminals-empty")
	s.fill(t)
	look("/surveys", "surveys")
	look("/surveys/exit-poll", "survey")
	look("/surveys/visit", "survey-empty")
	look("/surveys/all", "survey-all")
	s.fillTickets(t)
	look("/surveys/law", "survey-tickets")
	look("/surveys/law/tickets", "tickets")
	look("/surveys/law/tickets/print?series="+url.QueryEscape(group), "cards")
	look("/terminals", "terminals")
	look("/terminals/"+s.terminal(t, "Терминал 4").ID.String(), "terminal")
	look("/terminals/"+s.terminal(t, "Старый").ID.String(), "terminal-revoked")
	look("/aside", "aside")
	look("/help", "help")
	look("/help/survey", "help-survey")
	look("/help/terminal", "help-terminal")
	look("/nowhere", "error")
}

// Nothing that the browser would block: the policy of the pages forbids styles and scripts inside them.
func TestPagesKeepTheirPolicy(t *testing.T) {
	s := mustSite(t)
	s.fill(t)
	ctx := mustBrowser(t)
	do(t, ctx, chromedp.Navigate(s.url+"/surveys/exit-poll"), seen("#password"))
	logIn(t, ctx, s, password)
	do(t, ctx, seen("#responses"))
	// htmx runs, and what it fetches replaces the counts without closing an open response.
	do(t, ctx, click(".responses summary"),
		chromedp.Evaluate[chromedp.Void](`window.blocked = []; document.addEventListener("securitypolicyviolation", e => blocked.push(e.violatedDirective));
			document.querySelector("#counts").dataset.old = "yes";
			htmx.ajax("GET", location.pathname, {source: "#counts", target: "#counts", select: "#counts", swap: "outerHTML"}); 0`),
		seen("#counts:not([data-old]) #responses"))
	open := get(t, ctx, chromedp.Evaluate[int](`document.querySelectorAll("details[open]").length`))
	blocked := get(t, ctx, chromedp.Evaluate[int]("blocked.length"))
	if open != 1 || blocked != 0 {
		t.Errorf("%d responses are open, want 1; %d things were blocked", open, blocked)
	}
}
