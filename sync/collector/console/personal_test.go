package console_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"otklik/surveys"
	"otklik/sync/collector/collectortest"
	"otklik/sync/collector/store/storetest"
)

func TestContactsAreNeverShown(t *testing.T) {
	s := mustSite(t)
	v := collectortest.Publish(t, s.store, collectortest.All1)
	collectortest.Respond(t, s.store, storetest.Enrolled(t, s.store, "Зал", "Левый"), 1, v,
		collectortest.Said("phone", surveys.String("+79172345678")), collectortest.Said("email", surveys.String("roza@example.ru")),
		collectortest.Said("sign", surveys.String("M17 23L30 40")), surveys.Answer{Question: "who", Outcome: surveys.Declined})
	c := visitor(t)
	post(t, c, s.url+"/login", url.Values{"name": {name}, "password": {password}})
	_, body := getPage(t, c, s.url+"/surveys/all")
	for _, clear := range []string{"9172345678", "roza", "M17"} {
		if strings.Contains(body, clear) {
			t.Errorf("the page shows %q", clear)
		}
	}
	if n := strings.Count(body, "указано"); n != 3 || !strings.Contains(body, "не захотели отвечать") {
		t.Errorf("the page says %d times that there is an answer", n)
	}
	if !strings.Contains(body, "доля — от 0\u00a0% до 79\u00a0%") { // nobody of one passed
		t.Error("the page does not say between which shares the true one lies")
	}
}

func TestAnonymousSurveyIsDownloadedFromFiveResponsesOn(t *testing.T) {
	s := mustSite(t)
	v := collectortest.Publish(t, s.store, bytes.Replace(collectortest.Visit1, []byte("kind: exit-poll"), []byte("kind: staff"), 1))
	terminal := storetest.Enrolled(t, s.store, "Зал", "Левый")
	c := visitor(t)
	post(t, c, s.url+"/login", url.Values{"name": {name}, "password": {password}})
	for seq := uint64(1); seq <= 5; seq++ {
		collectortest.Respond(t, s.store, terminal, seq, v, collectortest.Said("mood", surveys.Number(2)))
		want := http.StatusForbidden
		if seq == 5 {
			want = http.StatusOK
		}
		resp, body := getPage(t, c, s.url+"/surveys/visit/export?format=csv")
		_, page := getPage(t, c, s.url+"/surveys/visit")
		if resp.StatusCode != want || strings.Contains(body, "Левый") || strings.Contains(page, "<form class=\"download\"") != (want == http.StatusOK) {
			t.Errorf("%d responses: %s", seq, resp.Status)
		}
	}
}
