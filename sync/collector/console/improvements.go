package console

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"otklik/sync/collector/fleet"
	"otklik/sync/collector/store"
)

// Improver has terminals tell what the centre changed because of visitors; see fleet.Fleet.
type Improver interface {
	AddImprovement(ctx context.Context, text map[string]string, until time.Time, by string) (id int64, err error)
}

// improvementsPage is what terminals tell, and the form for more.
type improvementsPage struct {
	All     []improvementView
	Fields  []improvementField
	Until   string // as typed
	Most    int    // characters
	Problem string // why nothing was added
}

// improvementField is the words in one language.
type improvementField struct {
	Language, Label, Value string
	Needed                 bool
}

type improvementView struct {
	store.Improvement
	Words       []improvementField
	Icon, State string
}

func (c *Console) showImprovements(w http.ResponseWriter, r *http.Request) error {
	return c.improvementsForm(w, r, http.StatusOK, improvementsPage{}, nil)
}

// improvementsForm shows the page; p and typed have what was typed into the form before.
func (c *Console) improvementsForm(w http.ResponseWriter, r *http.Request, status int, p improvementsPage, typed map[string]string) error {
	all, err := c.Store.Improvements(r.Context())
	if err != nil {
		return err
	}
	words := c.words(r)
	p.Most = fleet.MaxImprovementText
	for i, language := range fleet.ImprovementLanguages {
		p.Fields = append(p.Fields, improvementField{language, "improvements.text." + language, typed[language], i == 0})
	}
	for _, i := range all {
		view := improvementView{Improvement: i, Icon: "icons/ok.svg"}
		for _, language := range fleet.ImprovementLanguages {
			if i.Text[language] != "" {
				view.Words = append(view.Words, improvementField{Language: language, Value: i.Text[language]})
			}
		}
		last := words.Day(i.Until.Add(-time.Second)) // it ends when that day does
		switch {
		case i.Until.IsZero():
			view.State, err = words.T("improvements.always")
		case i.Told(c.Now()):
			view.State, err = words.With("improvements.last", last)
		default:
			view.Icon = "icons/revoked.svg"
			view.State, err = words.With("improvements.over", last)
		}
		if err != nil {
			return err
		}
		p.All = append(p.All, view)
	}
	title, err := words.T("improvements.title")
	if err != nil {
		return err
	}
	return c.show(w, r, status, "improvements", "improvements", title, p)
}

func (c *Console) addImprovement(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	typed := map[string]string{}
	for _, language := range fleet.ImprovementLanguages {
		typed[language] = r.PostFormValue(language)
	}
	p := improvementsPage{Until: strings.TrimSpace(r.PostFormValue("until"))}
	var until time.Time
	if p.Until != "" {
		day, err := time.ParseInLocation(time.DateOnly, p.Until, c.Zone)
		if until = day.AddDate(0, 0, 1); err != nil || !until.After(c.Now()) {
			p.Problem = "improvements.wrong.until"
			return c.improvementsForm(w, r, http.StatusUnprocessableEntity, p, typed)
		}
	}
	user := userName(r.Context())
	id, err := c.Improver.AddImprovement(r.Context(), typed, until, user)
	switch {
	case errors.Is(err, fleet.ErrImprovement):
		p.Problem = "improvements.wrong.words"
	case errors.Is(err, store.ErrTooMany):
		p.Problem = "improvements.wrong.many"
	case err != nil:
		return err
	default:
		c.Log.Info("improvement added", "id", id, "user", user)
		http.Redirect(w, r, "/improvements", http.StatusSeeOther)
		return nil
	}
	return c.improvementsForm(w, r, http.StatusUnprocessableEntity, p, typed)
}

func (c *Console) removeImprovement(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	id, err := strconv.ParseInt(r.PostFormValue("id"), 10, 64)
	if err != nil {
		return errNoPage
	}
	if err := c.Store.RemoveImprovement(r.Context(), id); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	c.Log.Info("improvement removed", "id", id, "user", userName(r.Context()))
	http.Redirect(w, r, "/improvements", http.StatusSeeOther)
	return nil
}
