package console_test

import (
	"bytes"
	"context"
	"net/url"
	"strings"
	"testing"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/console"
	"otklik/sync/collector/store"
	"otklik/sync/collector/store/storetest"
)

func TestListAndPageCountTheSameAndSayWhatIsLeftOut(t *testing.T) {
	s := mustSite(t)
	s.fillTickets(t) // three attempts, one by a used ticket
	kept := bytes.Replace(collectortest.Visit1, []byte("kind:"), []byte("partial: true\nkind:"), 1)
	visit := collectortest.Publish(t, s.store, kept)
	terminal := storetest.Enrolled(t, s.store, "Зал", "Левый")
	for seq := uint64(1); seq <= 3; seq++ {
		gone := func(r *surveys.Response) { r.Partial = seq > 1 }
		collectortest.RespondAs(t, s.store, terminal, seq, visit, gone, collectortest.Said("mood", surveys.Number(4)))
	}
	c := visitor(t)
	post(t, c, s.url+"/login", url.Values{"name": {name}, "password": {password}})
	_, list := getPage(t, c, s.url+"/surveys")
	_, law, _ := strings.Cut(list, `href="/surveys/law"`)
	law, _, _ = strings.Cut(law, "</a>")
	if !strings.Contains(law, `<span class="figure">2</span>`) || !strings.Contains(law, "1 ответ не вошёл в цифры") {
		t.Errorf("the list says of the test\n%s", law)
	}
	for _, l := range []struct{ language, finished, mark string }{
		{"ru", "ответа, из них 2 не закончены<br>", "· не закончен<"}, {"en", "responses, 2 of them not finished<br>", "· not finished<"},
	} {
		post(t, c, s.url+"/language", url.Values{"language": {l.language}, "to": {"/surveys"}})
		_, page := getPage(t, c, s.url+"/surveys/visit")
		if !strings.Contains(page, `id="responses">3<`) || !strings.Contains(page, l.finished) || strings.Count(page, l.mark) != 2 {
			t.Errorf("%s: %d marks on the page\n%s", l.language, strings.Count(page, l.mark), page)
		}
		if _, page := getPage(t, c, s.url+"/surveys/law"); !strings.Contains(page, `id="responses">2<`) || strings.Contains(page, l.finished) {
			t.Errorf("%s: the test says\n%s", l.language, page)
		}
	}
}

// onlyOnce is a store that tells how many responses were read.
type onlyOnce struct {
	console.Store
	read int
}

func (s *onlyOnce) EachResponse(ctx context.Context, survey string, after int64, f func(*store.Response) error) error {
	return s.Store.EachResponse(ctx, survey, after, func(r *store.Response) error {
		s.read++
		return f(r)
	})
}

// A collector counts when it starts; a page reads only what has come since.
func TestPagesShowWhatWasCountedBefore(t *testing.T) {
	var counted *onlyOnce
	s := mustSite(t, func(c *console.Config) {
		counted = &onlyOnce{Store: c.Store}
		c.Store = counted
	})
	s.fill(t)
	if err := s.console.CountAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if counted.read < 241 {
		t.Fatalf("%d responses were counted", counted.read)
	}
	counted.read = 0
	c := visitor(t)
	post(t, c, s.url+"/login", url.Values{"name": {name}, "password": {password}})
	if _, body := getPage(t, c, s.url+"/surveys/exit-poll"); !strings.Contains(body, "241") || counted.read > 0 {
		t.Errorf("%d responses were read again", counted.read)
	}
}
