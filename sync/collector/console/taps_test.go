package console_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/store/storetest"
	"otklik/sync/wire"
)

// Where a glass is touched is a picture and, for those who do not see it, numbers.
func TestATerminalShowsWhereItsGlassIsTouched(t *testing.T) {
	s := mustSite(t)
	v := collectortest.Publish(t, s.store, collectortest.Visit1)
	terminal := storetest.Enrolled(t, s.store, "Главный зал", "Терминал 1")
	page := s.url + "/terminals/" + terminal.ID.String()
	ctx := mustBrowser(t)
	do(t, ctx, chromedp.Navigate(page), seen("#password"))
	logIn(t, ctx, s, password)
	do(t, ctx, seen("#taps"))
	if said := text(t, ctx, "main"); !strings.Contains(said, "слишком мало") {
		t.Errorf("without touches: %s", said)
	}

	answers, other := wire.NewTapMap(true), wire.NewTapMap(true)
	answers.ID, answers.Survey, answers.Version = [8]byte{1}, v.ID, v.Version
	for row, n := range []uint32{2, 900, 700, 300, 60} { // a column of answers
		for x := range 8 {
			answers.Cells[(6+2*row)*12+2+x] = n / uint32(1+x)
		}
	}
	other.ID = [8]byte{2}
	for i := range other.Cells {
		other.Cells[i] = uint32(i%3) + uint32(i/12) // and a palm, at the foot
	}
	other.Cells[228], other.Cells[229] = 1400, 800
	if _, err := s.store.Beat(t.Context(), terminal.ID, wire.Heartbeat{
		Origin: storetest.Origin(terminal.Name), Beat: 1, Display: "1080x1920@32", Taps: []wire.TapMap{answers, other},
	}, now()); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.Navigate(page), seen(".taps svg"))
	if n := get(t, ctx, chromedp.Evaluate[int](`document.querySelectorAll(".taps figure").length`)); n != 3 {
		t.Errorf("%d pictures, want all and two", n)
	}
	if n := get(t, ctx, chromedp.Evaluate[int](`document.querySelectorAll(".taps figure:first-child tbody td").length`)); n != 240 {
		t.Errorf("%d numbers in the first table", n)
	}
	all := get(t, ctx, chromedp.Evaluate[string](`document.querySelector(".taps svg").getAttribute("aria-label")`))
	if want := answers.Taps() + other.Taps(); want < 1000 || !strings.HasPrefix(all, "Все экраны: ") || !strings.HasSuffix(all, " касаний") {
		t.Errorf("the picture is called %q", all)
	}
	for _, language := range []string{"en", "ru"} { // it is Russian so far: each one is another page
		do(t, ctx, click(".languages button[value="+language+"]"), seen("html[lang="+language+"] .taps svg"), click(".taps summary"))
		for _, size := range []struct {
			name string
			w, h int64
		}{{"wide", 1280, 900}, {"narrow", 390, 844}} {
			do(t, ctx, width(size.w, size.h))
			if w := get(t, ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth")); w > size.w {
				t.Errorf("%s %s: the page is %d wide", language, size.name, w)
			}
			picture(t, ctx, "taps-"+language+"-"+size.name)
		}
	}
}
