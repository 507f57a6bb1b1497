package console_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/store/storetest"
)

// Responses that look like one person tapping are in the figures, and told; a link leaves them out.
func TestABurstOfTapsIsToldAndCanBeLeftOut(t *testing.T) {
	s := mustSite(t)
	v := collectortest.Publish(t, s.store, []byte(`id: poll
number: 1
kind: poll
languages: [ru]
title: {ru: Как прошёл визит}
pages:
  - questions:
      - {code: mood, kind: smiley, text: {ru: Как вас встретили?}}
`))
	terminal := storetest.Enrolled(t, s.store, "Главный зал", "Терминал 1")
	for i, gap := range []int{0, 900, 700, 12, 9, 14, 400} {
		collectortest.RespondAs(t, s.store, terminal, uint64(i+1), v, func(r *surveys.Response) { r.Gap, r.Tap = gap, surveys.Tap{500, 600} },
			collectortest.Said("mood", surveys.Number(1)))
	}
	ctx := mustBrowser(t)
	do(t, ctx, chromedp.Navigate(s.url+"/surveys/poll"), seen("#password"))
	logIn(t, ctx, s, password)
	do(t, ctx, seen("#bursts"))
	if said := text(t, ctx, "#bursts"); !strings.HasPrefix(said, "3 ответа из 7 похожи на повторные касания одного человека. Сейчас они в цифрах.") {
		t.Errorf("the page says %q", said)
	}
	if said := text(t, ctx, "#responses"); said != "7" {
		t.Errorf("%s responses", said)
	}
	if n := get(t, ctx, chromedp.Evaluate[int](`[...document.querySelectorAll(".responses summary")].filter(s => s.textContent.includes("повторное")).length`)); n != 3 {
		t.Errorf("%d responses are marked, want 3", n)
	}
	picture(t, ctx, "bursts-ru")
	do(t, ctx, click("#bursts a"), seen(`#bursts a[href="/surveys/poll"]`))
	if said := text(t, ctx, "#responses"); said != "4" {
		t.Errorf("without them %s responses", said)
	}
	if address := get(t, ctx, chromedp.Evaluate[string](`document.querySelector("#counts").getAttribute("hx-get")`)); address != "/surveys/poll?taps=once" {
		t.Errorf("refreshed from %s", address)
	}
	do(t, ctx, click(".languages button[value=en]"), seen("html[lang=en] #bursts"))
	if said := text(t, ctx, "#bursts"); !strings.HasPrefix(said, "3 of 7 responses look like one person tapping again. They are not in the figures now.") {
		t.Errorf("in English %q", said)
	}
	picture(t, ctx, "bursts-en")
}
