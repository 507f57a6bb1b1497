package console

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"otklik/surveys"
	"otklik/sync/collector/fleet"
	"otklik/sync/collector/results"
	"otklik/sync/collector/store"
)

// Tickets issues what lets people take a test; see fleet.Fleet.
type Tickets interface {
	IssueTickets(ctx context.Context, survey, series, by string, count int) ([]string, error)
}

// ticketsPage is a test's tickets by series, the latest first.
type ticketsPage struct {
	ID      string
	Survey  *surveys.Survey
	Open    int
	Most    int // of one issue
	Series  []seriesView
	Problem string // why nothing was issued; Name and Count are what was asked for
	Name    string
	Count   string
}

type seriesView struct {
	Name    string
	Open    int
	Tickets []ticketView
}

// ticketView is a ticket and how the test went.
type ticketView struct {
	store.Ticket
	Digits string // as people read them
	Mark   *results.Mark
}

// cardsPage is what is printed and cut apart.
type cardsPage struct {
	ID     string
	Survey *surveys.Survey
	Series string
	Cards  []ticketView
}

// byTicket is the latest version of a survey that has to do with tickets; errNoPage for others.
func (c *Console) byTicket(r *http.Request) (*surveys.Survey, []store.Ticket, error) {
	id := r.PathValue("id")
	versions, err := c.Store.SurveyVersions(r.Context(), id)
	if err != nil {
		return nil, nil, err
	}
	if len(versions) == 0 {
		return nil, nil, errNoPage
	}
	s, err := surveys.Load(id, versions[len(versions)-1].Source)
	if err != nil {
		return nil, nil, fmt.Errorf("console: a published survey no longer loads: %w", err)
	}
	tickets, err := c.Store.Tickets(r.Context(), id)
	if err == nil && len(tickets) == 0 && (s.Test == nil || !s.Test.Tickets) {
		err = errNoPage
	}
	return s, tickets, err
}

func (c *Console) showTickets(w http.ResponseWriter, r *http.Request) error {
	return c.ticketsForm(w, r, http.StatusOK, ticketsPage{})
}

// ticketsForm shows a test's tickets and the form; p has what was typed into it before.
func (c *Console) ticketsForm(w http.ResponseWriter, r *http.Request, status int, p ticketsPage) error {
	s, tickets, err := c.byTicket(r)
	if err != nil {
		return err
	}
	marks, err := c.results.TicketMarks(r.Context(), s.ID)
	if err != nil {
		return err
	}
	p.ID, p.Survey, p.Most = s.ID, s, fleet.MaxIssue
	for _, t := range slices.Backward(tickets) {
		i := slices.IndexFunc(p.Series, func(v seriesView) bool { return v.Name == t.Series })
		if i < 0 {
			i = len(p.Series)
			p.Series = append(p.Series, seriesView{Name: t.Series})
		}
		view := ticketView{Ticket: t, Digits: surveys.FormatTicket(t.Ticket)}
		if m, ok := marks[t.UsedBy]; ok && !t.Used.IsZero() {
			view.Mark = &m
		}
		if t.Open() {
			p.Open++
			p.Series[i].Open++
		}
		p.Series[i].Tickets = append(p.Series[i].Tickets, view)
	}
	for i := range p.Series {
		slices.Reverse(p.Series[i].Tickets)
	}
	words := c.words(r)
	title, err := words.With("tickets.title", words.Of(s.Title, s))
	if err != nil {
		return err
	}
	return c.show(w, r, status, "tickets", "surveys", title, p)
}

func (c *Console) issueTickets(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	s, _, err := c.byTicket(r)
	if err != nil {
		return err
	}
	p := ticketsPage{Name: strings.TrimSpace(r.PostFormValue("series")), Count: r.PostFormValue("count")}
	count, wrong := strconv.Atoi(strings.TrimSpace(p.Count))
	if wrong != nil || count < 1 || count > fleet.MaxIssue {
		p.Problem = "tickets.count.wrong"
		return c.ticketsForm(w, r, http.StatusUnprocessableEntity, p)
	}
	user := userName(r.Context())
	_, err = c.Tickets.IssueTickets(r.Context(), s.ID, p.Name, user, count)
	switch {
	case errors.Is(err, fleet.ErrName):
		p.Problem = "tickets.series.wrong"
	case errors.Is(err, store.ErrTooMany):
		p.Problem = "tickets.many"
	case errors.Is(err, fleet.ErrNoTickets):
		p.Problem = "tickets.not"
	case err != nil:
		return err
	default:
		c.Log.Info("tickets issued", "survey", s.ID, "series", p.Name, "count", count, "user", user)
		http.Redirect(w, r, "/surveys/"+s.ID+"/tickets", http.StatusSeeOther)
		return nil
	}
	return c.ticketsForm(w, r, http.StatusUnprocessableEntity, p)
}

func (c *Console) revokeTicket(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	id := r.PathValue("id")
	err := c.Store.RevokeTicket(r.Context(), id, r.PostFormValue("ticket"), c.Now())
	if err != nil && !errors.Is(err, store.ErrConflict) { // one that was used meanwhile shows so in the list
		return err
	}
	c.Log.Info("ticket revoked", "survey", id, "user", userName(r.Context()), "error", err)
	http.Redirect(w, r, "/surveys/"+id+"/tickets", http.StatusSeeOther)
	return nil
}

// printTickets shows the open tickets of a series as cards, for the printer.
func (c *Console) printTickets(w http.ResponseWriter, r *http.Request) error {
	s, tickets, err := c.byTicket(r)
	if err != nil {
		return err
	}
	p := cardsPage{ID: s.ID, Survey: s, Series: r.URL.Query().Get("series")}
	for _, t := range tickets {
		if t.Series == p.Series && t.Open() {
			p.Cards = append(p.Cards, ticketView{Ticket: t, Digits: surveys.FormatTicket(t.Ticket)})
		}
	}
	if len(p.Cards) == 0 {
		return errNoPage
	}
	return c.show(w, r, http.StatusOK, "cards", "surveys", p.Series, p)
}
