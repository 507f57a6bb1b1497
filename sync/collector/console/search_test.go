package console_test

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/google/uuid"

	"otklik/sync/collector/store/storetest"
	"otklik/sync/wire"
)

var rowName = regexp.MustCompile(`<strong><a href="/terminals/[^"]*">([^<]*)</a></strong>`)

// namesIn are the terminals of a page, in their order.
func namesIn(body string) (names []string) {
	for _, m := range rowName.FindAllStringSubmatch(body, -1) {
		names = append(names, m[1])
	}
	return names
}

// manyTerminals are so many of two sites, of which those of silent have said nothing for a day.
func manyTerminals(t *testing.T, s *site, n int, silent ...int) map[int]uuid.UUID {
	t.Helper()
	ids := map[int]uuid.UUID{}
	for i := range n {
		terminal := storetest.Enrolled(t, s.store, []string{"Главный зал", "Берёзовая роща"}[i%2], fmt.Sprintf("Терминал %03d", i))
		ids[i] = terminal.ID
		at := now()
		if slices.Contains(silent, i) {
			at = at.Add(-27 * time.Hour)
		}
		beat := wire.Heartbeat{Origin: storetest.Origin(terminal.Name), Beat: 1}
		if _, err := s.store.Beat(t.Context(), terminal.ID, beat, at); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

func TestManyTerminalsComeInPagesWithThoseInNeedFirst(t *testing.T) {
	s := mustSite(t)
	c := visitor(t)
	post(t, c, s.url+"/login", url.Values{"name": {name}, "password": {password}})
	ids := manyTerminals(t, s, 230, 7, 200, 229)
	// By site and name, and before them those that are silent.
	want := []string{"Терминал 007", "Терминал 229", "Терминал 200"}
	for _, odd := range []int{1, 0} {
		for i := odd; i < 230; i += 2 {
			if n := fmt.Sprintf("Терминал %03d", i); !slices.Contains(want[:3], n) {
				want = append(want, n)
			}
		}
	}
	var got []string
	for page, shown := range []string{"1–100 из 230", "101–200 из 230", "201–230 из 230"} {
		_, body := getPage(t, c, fmt.Sprintf("%s/terminals?page=%d", s.url, page+1))
		names := namesIn(body)
		got = append(got, names...)
		if !strings.Contains(body, shown) || strings.Count(body, "3 терминала требуют внимания") != 1 {
			t.Errorf("page %d does not say %q", page+1, shown)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the pages show\n%v, want\n%v", got, want)
	}

	for query, want := range map[string]string{
		"page=99":                               "30 Терминал 168",
		"page=nonsense":                         "100 Терминал 007",
		"find=терминал+12":                      "13 Терминал 121",
		"find=БЕРЕЗОВАЯ++229":                   "1 Терминал 229",
		"find=зал+229":                          "0 ",
		"find=" + ids[42].String():              "1 Терминал 042",
		"find=" + ids[42].String()[:8]:          "1 Терминал 042",
		"only=trouble":                          "3 Терминал 007",
		"only=trouble&find=главный":             "1 Терминал 200",
		"find=%ff%00<script>":                   "0 ",
		"find=" + strings.Repeat("зал+", 10000): "100 Терминал 200",
	} {
		response, body := getPage(t, c, s.url+"/terminals?"+query)
		names := namesIn(body)
		if got := fmt.Sprintf("%d %s", len(names), append(names, "")[0]); response.StatusCode != 200 || got != want {
			t.Errorf("%.60s shows %q (%s), want %q", query, got, response.Status, want)
		}
		if len(names) == 0 && !strings.Contains(body, "Таких терминалов нет.") {
			t.Errorf("%.60s does not say that nothing was found", query)
		}
	}
}

func TestFewTerminalsAreNotSearched(t *testing.T) {
	s := mustSite(t)
	c := visitor(t)
	post(t, c, s.url+"/login", url.Values{"name": {name}, "password": {password}})
	manyTerminals(t, s, 3)
	if _, body := getPage(t, c, s.url+"/terminals"); strings.Contains(body, `role="search"`) || strings.Contains(body, `class="pages"`) {
		t.Errorf("three terminals have a search:\n%s", body)
	}
}

func TestTerminalsAreFoundWhileSomebodyTypes(t *testing.T) {
	s := mustSite(t)
	manyTerminals(t, s, 120, 7)
	ctx := mustBrowser(t)
	do(t, ctx, chromedp.Navigate(s.url+"/terminals"), seen("#password"))
	logIn(t, ctx, s, password)
	do(t, ctx, seen(".search"))
	picture(t, ctx, "terminals-many")
	do(t, ctx, chromedp.SendKeys(chromedp.CSS("input[name=find]"), "роща 11"), seen(`#fleet[hx-get$="+11"]`))
	if names := text(t, ctx, "table.terminals"); strings.Count(names, "Терминал 11") != 5 || strings.Contains(names, "Терминал 007") {
		t.Errorf("found was\n%s", names)
	}
	if said := text(t, ctx, ".verdict"); said != "1 терминал требует внимания" {
		t.Errorf("the verdict on all is %q", said)
	}
	do(t, ctx, click("input[name=only]"), seen(".nothing"))
	picture(t, ctx, "terminals-none-found")
	do(t, ctx, chromedp.Navigate(s.url+"/terminals?only=trouble"), seen("input[name=only]:checked"))
	if names := text(t, ctx, "table.terminals"); !strings.Contains(names, "Терминал 007") {
		t.Errorf("of those that need attention there is\n%s", names)
	}
}
