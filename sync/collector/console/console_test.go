package console_test

import (
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"go.uber.org/goleak"

	consoleassets "otklik/assets/console"
)

func TestMain(m *testing.M) {
	// scs.New starts a goroutine for a store in memory, before it can be given another store.
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup"),
		goleak.IgnoreTopFunction("internal/poll.runtime_pollWait"),
		goleak.IgnoreTopFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"))
}

// visitor is a browser without a screen that follows nothing.
func visitor(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func ask(t *testing.T, c *http.Client, r *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func getPage(t *testing.T, c *http.Client, address string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return ask(t, c, r)
}

func post(t *testing.T, c *http.Client, address string, form url.Values, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return ask(t, c, r)
}

func TestNothingIsShownBeforeTheLogIn(t *testing.T) {
	s := mustSite(t)
	s.fill(t)
	for _, path := range []string{"/", "/surveys", "/surveys/exit-poll", "/surveys/exit-poll/export?format=csv", "/terminals", "/nowhere"} {
		resp, body := getPage(t, visitor(t), s.url+path)
		if to := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/login") || len(body) > 200 {
			t.Errorf("%s: %s to %q, %d bytes", path, resp.Status, to, len(body))
		}
		if len(resp.Cookies()) != 0 {
			t.Errorf("%s starts a session for whoever comes by", path)
		}
	}
	// A page that refreshes itself turns into the log-in.
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/terminals", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("HX-Request", "true")
	if resp, _ := ask(t, visitor(t), r); resp.StatusCode != http.StatusUnauthorized || resp.Header.Get("HX-Refresh") != "true" {
		t.Errorf("htmx gets %s", resp.Status)
	}
}

// Who types the password where the name goes does not have it in the log.
func TestLogOfWrongLogInsTellsOnlyNamesOfUsers(t *testing.T) {
	s := mustSite(t)
	for _, typed := range []string{password, name} {
		post(t, visitor(t), s.url+"/login", url.Values{"name": {typed}, "password": {"wrong"}})
	}
	log := s.log.String()
	if strings.Count(log, "wrong log-in") != 2 || strings.Contains(log, password) || !strings.Contains(log, "name="+name) {
		t.Errorf("logged: %s", log)
	}
}

func TestAnswersCarryTheirGuards(t *testing.T) {
	s := mustSite(t)
	resp, body := getPage(t, visitor(t), s.url+"/login")
	for name, part := range map[string]string{
		"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
		"Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
	} {
		if !strings.Contains(resp.Header.Get(name), part) {
			t.Errorf("%s is %q", name, resp.Header.Get(name))
		}
	}
	for _, forbidden := range []string{"style=", "onclick", "<script>", "http://", "https://"} {
		if strings.Contains(body, forbidden) {
			t.Errorf("the page has %q in it", forbidden)
		}
	}
	at := strings.Index(body, "/static/style.css?v=")
	if resp, _ = getPage(t, visitor(t), s.url+body[at:at+len("/static/style.css?v=000000000000")]); resp.StatusCode != http.StatusOK ||
		!strings.Contains(resp.Header.Get("Cache-Control"), "immutable") || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/css") {
		t.Errorf("style: %s, %v", resp.Status, resp.Header)
	}
	if resp, _ = getPage(t, visitor(t), s.url+"/static/embed.go"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a file that is not: %s", resp.Status)
	}
}

func TestOtherSitesCannotPost(t *testing.T) {
	s := mustSite(t)
	form := url.Values{"name": {name}, "password": {password}}
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://example.test"}} {
		if resp, _ := post(t, visitor(t), s.url+"/login", form, header...); resp.StatusCode != http.StatusForbidden {
			t.Errorf("%v: %s", header, resp.Status)
		}
	}
}

func TestLogInGoesWhereItWasAskedForAndNowhereElse(t *testing.T) {
	s := mustSite(t)
	for next, want := range map[string]string{
		"": "/", "/terminals": "/terminals", "/surveys/a?b=c": "/surveys/a?b=c", "https://example.test/": "/", "//example.test": "/",
		"/\\example.test": "/", "javascript:alert(1)": "/",
	} {
		resp, _ := post(t, visitor(t), s.url+"/login", url.Values{"name": {name}, "password": {password}, "next": {next}})
		if to := resp.Header.Get("Location"); resp.StatusCode != http.StatusSeeOther || to != want {
			t.Errorf("next %q: %s to %q", next, resp.Status, to)
		}
		cookie := resp.Cookies()[0]
		if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
			t.Errorf("cookie %+v", cookie)
		}
	}
}

func TestANewPasswordEndsOldSessions(t *testing.T) {
	s := mustSite(t)
	c := visitor(t)
	post(t, c, s.url+"/login", url.Values{"name": {name}, "password": {password}})
	if resp, _ := getPage(t, c, s.url+"/surveys"); resp.StatusCode != http.StatusOK {
		t.Fatalf("logged in: %s", resp.Status)
	}
	if err := s.store.SetPassword(t.Context(), name, "another"); err != nil {
		t.Fatal(err)
	}
	if resp, _ := getPage(t, c, s.url+"/surveys"); resp.StatusCode != http.StatusSeeOther {
		t.Errorf("after a new password: %s", resp.Status)
	}
}

func TestTooManyWrongLogInsMustWait(t *testing.T) {
	s := mustSite(t)
	c := visitor(t)
	form := url.Values{"name": {name}, "password": {"wrong"}}
	for range 5 {
		if resp, _ := post(t, c, s.url+"/login", form); resp.StatusCode != http.StatusUnauthorized {
			t.Fatalf("a wrong one: %s", resp.Status)
		}
	}
	resp, body := post(t, c, s.url+"/login", form, "Accept-Language", "en")
	if resp.StatusCode != http.StatusTooManyRequests || !strings.Contains(body, "Try again in 5 s") || !strings.Contains(body, `value="Алсу"`) {
		t.Errorf("%s: %s", resp.Status, body)
	}
}

func TestDownloadRefusesWhatItDoesNotKnow(t *testing.T) {
	s := mustSite(t)
	s.fill(t)
	c := visitor(t)
	post(t, c, s.url+"/login", url.Values{"name": {name}, "password": {password}})
	for _, path := range []string{
		"/surveys/nowhere", "/surveys/nowhere/export?format=csv", "/surveys/exit-poll/export", "/surveys/exit-poll/export?format=exe",
		"/surveys/exit-poll/export?format=csv&header=xx", "/nowhere",
	} {
		if resp, body := getPage(t, c, s.url+path); resp.StatusCode != http.StatusNotFound || !strings.Contains(body, "Такой страницы нет") {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
	resp, body := getPage(t, c, s.url+"/surveys/exit-poll/export?format=csv")
	if got := resp.Header.Get("Content-Disposition"); got != `attachment; filename="exit-poll-2026-03-02.csv.zip"` {
		t.Errorf("file name %s", got)
	}
	if m := unzip(t, []byte(body))["exit-poll-2026-03-02.csv.manifest.json"]; !strings.Contains(m, `"rows": 241`) {
		t.Errorf("the manifest beside it: %s", m)
	}
}

// unzip returns the files in a zip.
func unzip(t *testing.T, data []byte) map[string]string {
	t.Helper()
	folder, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range folder.File {
		from, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(text)
	}
	return files
}

// Every sentence stands in both languages.
func TestCataloguesHaveTheSameKeys(t *testing.T) {
	keys := map[string][]string{}
	for _, l := range []string{"ru", "en"} {
		data, err := fs.ReadFile(consoleassets.Text(), l+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]any
		if err := yaml.Unmarshal(data, &texts); err != nil {
			t.Fatal(err)
		}
		for k := range texts {
			keys[l] = append(keys[l], k)
		}
		slices.Sort(keys[l])
	}
	if !slices.Equal(keys["ru"], keys["en"]) {
		t.Errorf("ru %v\nen %v", keys["ru"], keys["en"])
	}
}
