package console_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/goccy/go-yaml"

	"otklik/sync/collector/store"
	"otklik/sync/collector/store/storetest"
	"otklik/sync/wire"
)

// catalogue reads a file of texts below assets.
func catalogue(t *testing.T, path string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "assets", path))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := yaml.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// Whatever the service corner has words for, the console has words for, in its own languages.
func TestEveryTroubleOfTheServiceCornerHasWordsHere(t *testing.T) {
	for _, language := range []string{"ru", "en"} {
		own, n := catalogue(t, "console/text/"+language+".yaml"), 0
		for key := range catalogue(t, "text/service/"+language+".yaml") {
			if reason, ok := strings.CutPrefix(key, "service.trouble."); ok {
				n++
				if own["trouble."+reason] == nil {
					t.Errorf("%s: nothing is said of %s", language, reason)
				}
			}
		}
		if n < 25 {
			t.Errorf("%s: the service corner has %d troubles", language, n)
		}
	}
}

// An alarm without words would be a page without any.
func TestEveryAlarmHasWords(t *testing.T) {
	kinds := []store.AlarmKind{
		store.ClonedDisk, store.ChangedBody, store.ForeignOutbox, store.OldBeats, store.FarBeat, store.WentBack, store.TwoMachines,
	}
	for _, language := range []string{"ru", "en"} {
		own := catalogue(t, "console/text/"+language+".yaml")
		for _, kind := range kinds {
			if own["alarm."+string(kind)] == nil {
				t.Errorf("%s: nothing is said of %s", language, kind)
			}
		}
	}
}

// troubled is a terminal that says what does not work, by reasons and in its own words.
func troubled(t *testing.T, s *site, name, problem string, troubles ...wire.Trouble) string {
	t.Helper()
	terminal := storetest.Enrolled(t, s.store, "Зал", name)
	beat := wire.Heartbeat{Origin: storetest.Origin(name), Beat: 1, Problem: problem, Troubles: troubles, Version: "1.4", DiskFree: 9e8}
	if fresh, err := s.store.Beat(t.Context(), terminal.ID, beat, now()); err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	return s.url + "/terminals/" + terminal.ID.String()
}

func TestTroublesAreToldInTheLanguageOfThePage(t *testing.T) {
	s := mustSite(t)
	c := visitor(t)
	post(t, c, s.url+"/login", url.Values{"name": {name}, "password": {password}})
	page := troubled(t, s, "Левый", "disk: 20 MB free; make room on the terminal; configuration: a mistake",
		wire.Trouble{Reason: wire.TroubleDiskSoon, Count: 3}, wire.Trouble{Reason: "bad-config"}, wire.Trouble{Reason: "eaten-by-mice"})
	old := troubled(t, s, "Старый", "disk: an older program has words alone")
	for _, path := range []string{s.url + "/terminals", page} {
		_, body := getPage(t, c, path)
		for _, want := range []string{"опрос остановится через 3 дня", "Терминал не понимает настроек", "«eaten-by-mice»"} {
			if strings.Count(body, want) != 1 {
				t.Errorf("%s does not say %q once:\n%s", path, want, body)
			}
		}
	}
	if _, body := getPage(t, c, page); !strings.Contains(body, "<details") || !strings.Contains(body, "make room on the terminal") {
		t.Errorf("the terminal's own words are gone:\n%s", body)
	}
	for _, path := range []string{s.url + "/terminals", old} {
		if _, body := getPage(t, c, path); !strings.Contains(body, "an older program has words alone") {
			t.Errorf("%s says nothing of an older terminal:\n%s", path, body)
		}
	}
}

func TestTroublesInABrowser(t *testing.T) {
	s := mustSite(t)
	page := troubled(t, s, "Левый", "disk: 20 MB free, at this rate full in 3 days; make room on the terminal; glass: restarted 2 times, "+
		"the last 2026-01-15T10:41:00Z: hung; see crash-20260115T104100.000-reported.txt on the terminal; configuration: survey exit-poll does not load",
		wire.Trouble{Reason: wire.TroubleDiskSoon, Count: 3}, wire.Trouble{Reason: wire.TroubleCrashed, Count: 2}, wire.Trouble{Reason: "bad-survey"})
	ctx := mustBrowser(t)
	for _, w := range []int64{1280, 390} {
		do(t, ctx, width(w, 900), chromedp.Navigate(s.url+"/terminals"))
		if w == 1280 {
			logIn(t, ctx, s, password)
		}
		do(t, ctx, seen("table.terminals"))
		picture(t, ctx, "troubles-list-"+map[int64]string{1280: "wide", 390: "phone"}[w])
		do(t, ctx, chromedp.Navigate(page), seen("ul.troubles"))
		if got := text(t, ctx, "ul.troubles"); !strings.Contains(got, "Анкета на терминале не загружается") {
			t.Errorf("the page says %q", got)
		}
		picture(t, ctx, "troubles-"+map[int64]string{1280: "wide", 390: "phone"}[w])
		do(t, ctx, click("details.own > summary"), seen("details.own p"))
		picture(t, ctx, "troubles-open-"+map[int64]string{1280: "wide", 390: "phone"}[w])
	}
}
