package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestImprovementIsWrittenShownAndRemoved(t *testing.T) {
	s := mustSite(t)
	ctx := mustBrowser(t)
	do(t, ctx, chromedp.Navigate(s.url+"/improvements"), seen("#password"))
	logIn(t, ctx, s, password)
	do(t, ctx, click(`a[href="/improvements"]`), seen("input[name=ru]"))
	picture(t, ctx, "improvements-none")
	do(t, ctx, chromedp.SendKeys(chromedp.CSS("input[name=ru]"), "В зале теперь двенадцать стульев"),
		chromedp.SendKeys(chromedp.CSS("input[name=tt]"), "Залда хәзер унике урындык"), click("form.download button"), seen("tbody tr"))
	if said := text(t, ctx, "tbody tr"); !strings.Contains(said, "двенадцать стульев") || !strings.Contains(said, "пока не уберут") {
		t.Errorf("the list says %q", said)
	}
	picture(t, ctx, "improvements")
	all, err := s.store.Improvements(t.Context())
	if err != nil || len(all) != 1 || all[0].By != name || all[0].Text["tt"] == "" || all[0].Text["en"] != "" {
		t.Fatalf("%+v, %v", all, err)
	}
	do(t, ctx, click("tbody button"), seen(".nothing"))
	if all, err = s.store.Improvements(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("after it was removed: %+v, %v", all, err)
	}
}

func TestImprovementThatCannotBeToldKeepsWhatWasTyped(t *testing.T) {
	s := mustSite(t)
	c := visitor(t)
	post(t, c, s.url+"/login", url.Values{"name": {name}, "password": {password}})
	for _, wrong := range []struct {
		form url.Values
		why  string
	}{
		{url.Values{"en": {"Chairs"}}, "Нужен текст по-русски"},
		{url.Values{"ru": {strings.Repeat("Я", 91)}, "en": {"Chairs"}}, "до 90 знаков"},
		{url.Values{"ru": {"Стулья"}, "en": {"Chairs"}, "until": {"2020-01-01"}}, "уже прошёл"},
		{url.Values{"ru": {"Стулья"}, "en": {"Chairs"}, "until": {"завтра"}}, "уже прошёл"},
	} {
		resp, body := post(t, c, s.url+"/improvements", wrong.form)
		if resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, wrong.why) || !strings.Contains(body, `value="Chairs"`) {
			t.Errorf("%v: %s %s", wrong.form, resp.Status, body)
		}
	}
	if resp, _ := post(t, c, s.url+"/improvements", url.Values{"ru": {"Стулья"}}, "Origin", "https://example.test"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("from elsewhere: %s", resp.Status)
	}
	if all, err := s.store.Improvements(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("kept %+v, %v", all, err)
	}
}
