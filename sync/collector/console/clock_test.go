package console_test

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/store"
	"otklik/sync/collector/store/storetest"
)

// An answer of a terminal whose clock was never set is shown with the time at which it arrived, and says so; it does not
// stretch the period of the survey to 1970.
func TestAnAnswerWithoutAClockSaysSo(t *testing.T) {
	s := mustSite(t)
	v := collectortest.Publish(t, s.store, collectortest.Visit1)
	terminal := storetest.Enrolled(t, s.store, "Главный зал", "Терминал 1")
	collectortest.Respond(t, s.store, terminal, 1, v, collectortest.Said("mood", surveys.Number(4)))
	lost := storetest.Arrival(2, "ладно")
	lost.Response.Survey, lost.Response.Version, lost.Response.Number = v.ID, v.Version, v.Number
	lost.Response.Started, lost.Response.Submitted, lost.Response.ClockTrusted = time.Unix(60, 0), time.Unix(90, 0), false
	lost.Response.Audience = ""
	if _, err := s.store.Keep(t.Context(), store.Intake{
		Terminal: terminal.ID, Origin: storetest.Origin(terminal.Name), Received: now().Add(-time.Hour), Arrivals: []store.Arrival{lost},
	}); err != nil {
		t.Fatal(err)
	}
	ctx := mustBrowser(t)
	do(t, ctx, chromedp.Navigate(s.url+"/surveys/visit"), seen("#password"))
	logIn(t, ctx, s, password)
	do(t, ctx, seen("#responses"))
	said := text(t, ctx, "main")
	if strings.Contains(said, "1970") || !strings.Contains(said, "время прихода; часы терминала не были выставлены") {
		t.Errorf("the page says:\n%s", said)
	}
	picture(t, ctx, "clock-ru")
	do(t, ctx, click(".languages button[value=en]"), seen("html[lang=en] #responses"))
	if said := text(t, ctx, "main"); !strings.Contains(said, "time of arrival; the terminal's clock was not set") {
		t.Errorf("in English:\n%s", said)
	}
}
