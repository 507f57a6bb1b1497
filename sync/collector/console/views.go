package console

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"time"

	"golang.org/x/text/language"

	consoleassets "otklik/assets/console"
	"otklik/sync/collector/export"
	"otklik/sync/collector/store"
)

//go:embed templates/*.html
var templates embed.FS

// errNoPage says that nothing is at the address.
var errNoPage = errors.New("no such page")

// views are the pages in every language.
type views struct {
	words map[string]*words
	pages map[string]*template.Template // by name and language
	help  map[string][]helpPage         // by language
}

var pageNames = []string{"login", "surveys", "survey", "tickets", "cards", "improvements", "terminals", "terminal", "aside", "help", "error"}

func newViews(s *static, zone *time.Location) (*views, error) {
	all, err := loadWords(consoleassets.Text(), zone)
	if err != nil {
		return nil, err
	}
	v := &views{words: all, pages: make(map[string]*template.Template), help: make(map[string][]helpPage)}
	for _, l := range languages {
		w := all[l]
		if v.help[l], err = loadHelp(l); err != nil {
			return nil, err
		}
		funcs := template.FuncMap{
			"t": w.T, "around": w.With, "n": w.N, "nof": w.NOf, "of": w.Of, "number": w.Number, "number64": func(n uint64) string { return w.Number(int(n)) }, "n64": func(key string, n uint64) (string, error) { return w.N(key, int(n)) }, "add": func(a, b int) int { return a + b }, "mean": w.Mean, "decimal": w.Decimal, "percent": w.Percent, "interval": w.Interval,
			"moment": w.Moment, "day": w.Day, "clock": w.Clock, "period": w.Period, "static": s.url,
			"barwidth": func(share float64) string { return fmt.Sprintf("%.1f", 100*share) },
		}
		for _, name := range pageNames {
			p, err := template.New("layout.html").Funcs(funcs).ParseFS(templates, "templates/layout.html", "templates/alarms.html", "templates/"+name+".html")
			if err != nil {
				return nil, fmt.Errorf("console: page %s: %w", name, err)
			}
			v.pages[name+" "+l] = p.Option("missingkey=error")
		}
	}
	return v, nil
}

// frame is what every page has around it.
type frame struct {
	Language  string
	Languages []string
	User      string // "" before the log-in
	Section   string // the part of the navigation that is open
	Here      string // the address of the page, to come back to after the language was changed
	Title     string
	Page      any
}

// show writes a page. It is made in full first, so that a mistake in it never leaves half a page.
func (c *Console) show(w http.ResponseWriter, r *http.Request, status int, name, section, title string, page any) error {
	l := c.language(r)
	var out bytes.Buffer
	err := c.views.pages[name+" "+l].Execute(&out, frame{
		Language: l, Languages: languages, User: userName(r.Context()), Section: section, Here: r.URL.RequestURI(), Title: title,
		Page: page,
	})
	if err != nil {
		return fmt.Errorf("console: page %s in %s: %w", name, l, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, err = w.Write(out.Bytes())
	return err
}

// words are in the language of whoever asks.
func (c *Console) words(r *http.Request) *words { return c.views.words[c.language(r)] }

// language is the one that was chosen, or the browser's.
func (c *Console) language(r *http.Request) string {
	if l := c.sessions.GetString(r.Context(), keyLanguage); c.views.words[l] != nil {
		return l
	}
	_, i := language.MatchStrings(matcher, r.Header.Get("Accept-Language"))
	return languages[i]
}

// answer turns what a page returns into an answer, and its error into an error page.
func (c *Console) answer(p page) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := p(w, r)
		if err == nil || r.Context().Err() != nil {
			return
		}
		status, key := http.StatusInternalServerError, "error.500"
		if errors.Is(err, errNoPage) || errors.Is(err, store.ErrNotFound) {
			status, key = http.StatusNotFound, "error.404"
		} else if errors.Is(err, export.ErrTooFew) {
			status, key = http.StatusForbidden, "error.403"
		} else {
			if errors.Is(err, store.ErrUnwell) {
				status, key = http.StatusServiceUnavailable, "error.503"
				w.Header().Set("Retry-After", "30")
			}
			c.Log.Error("page failed", "path", r.URL.Path, "error", err)
		}
		title, err := c.words(r).T(key + ".title")
		if err == nil {
			err = c.show(w, r, status, "error", "", title, key)
		}
		if err != nil {
			c.Log.Error("error page failed", "error", err)
			http.Error(w, http.StatusText(status), status)
		}
	}
}
