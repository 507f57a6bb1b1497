// Package console is the collector in a browser: quality control reads and downloads answers, IT sees how terminals are.
// Pages are made on the server and work without scripts; htmx only keeps open ones fresh.
package console

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/google/uuid"

	"otklik/sync/collector/access"
	"otklik/sync/collector/export"
	"otklik/sync/collector/results"
	"otklik/sync/collector/store"
)

// Store is what the pages show.
type Store interface {
	export.Source
	export.ManifestSource
	Coverage(ctx context.Context, terminal uuid.UUID) ([]store.Coverage, error)
	ChainHeads(ctx context.Context) ([]store.ChainHead, error)
	LatestSurveys(ctx context.Context) ([]store.SurveyVersion, error)
	LatestResponses(ctx context.Context, survey string, n int) ([]store.Response, error)
	Totals(ctx context.Context) (map[string]store.Total, error)
	Alarms(ctx context.Context, n int) ([]store.Alarm, error)
	AcknowledgeAlarm(ctx context.Context, id int64, by string, at time.Time) error
	Quarantine(ctx context.Context, n int) ([]store.Quarantined, int, error)
	BackupState(ctx context.Context) (store.BackupState, error)
	Restored(ctx context.Context) (store.Restored, error)
	QuarantinedAfter(ctx context.Context, after int64, n int) ([]store.Quarantined, error)
	Changed(ctx context.Context, n int) ([]store.Changed, int, error)
	Terminal(ctx context.Context, id uuid.UUID) (store.Terminal, error)
	LetSend(ctx context.Context, id uuid.UUID, on bool, by string, at time.Time) error
	History(ctx context.Context, id uuid.UUID) ([]store.Event, error)
	TapMaps(ctx context.Context, terminal uuid.UUID) ([]store.TapMap, error)
	User(ctx context.Context, name string) (store.User, error)
	Tickets(ctx context.Context, survey string) ([]store.Ticket, error)
	Improvements(ctx context.Context) ([]store.Improvement, error)
	RemoveImprovement(ctx context.Context, id int64) error
	RevokeTicket(ctx context.Context, survey, ticket string, at time.Time) error
}

// Config is what a console needs. All fields are needed but Escrow and Secure.
type Config struct {
	Store     Store
	Tickets   Tickets
	Improver  Improver
	Records   Records
	Users     *access.Users
	Sessions  scs.Store
	Now       func() time.Time
	Zone      *time.Location // of times on the pages and in downloads
	Manifests *export.Maker
	Escrow    []byte // the public half of the escrow key; nil for none
	Secure    bool   // browsers reach the console by https only
	Log       *slog.Logger
}

// sessionLife is a working day and its overtime: after it everyone logs in again.
const sessionLife = 12 * time.Hour

// Console serves the pages.
type Console struct {
	Config
	results  *results.Results
	sessions *scs.SessionManager
	views    *views
	static   *static
	handler  http.Handler
}

// New makes a console. An error is a mistake in its templates or texts.
func New(c Config) (*Console, error) {
	s, err := newStatic()
	if err != nil {
		return nil, err
	}
	v, err := newViews(s, c.Zone)
	if err != nil {
		return nil, err
	}
	console := &Console{Config: c, results: results.New(c.Store), sessions: newSessions(c), views: v, static: s}
	console.handler = console.routes()
	return console, nil
}

// CountAll counts the responses of every survey, so that nobody waits for a page meanwhile: the first count of a million takes
// half a minute, and every later one only reads what has come.
func (c *Console) CountAll(ctx context.Context) error {
	all, err := c.Store.LatestSurveys(ctx)
	if err != nil {
		return err
	}
	for _, survey := range all {
		if _, err := c.results.Survey(ctx, survey.ID); err != nil {
			return err
		}
	}
	return nil
}

func newSessions(c Config) *scs.SessionManager {
	m := scs.New()
	m.Store = c.Sessions
	m.Lifetime = sessionLife
	m.HashTokenInStore = true // whoever reads the store cannot log in with what stands there
	m.Cookie.Name = "otklik"
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Secure = c.Secure
	return m
}

// ServeHTTP implements http.Handler.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

// page answers a request, or says why not.
type page func(w http.ResponseWriter, r *http.Request) error

func (c *Console) routes() http.Handler {
	pages := http.NewServeMux()
	handle := func(pattern string, p page) { pages.HandleFunc(pattern, c.answer(p)) }
	handle("GET /login", c.showLogin)
	handle("POST /login", c.logIn)
	handle("POST /language", c.setLanguage)
	handle("POST /logout", c.known(c.logOut))
	handle("GET /{$}", c.known(c.home))
	handle("GET /surveys", c.known(c.showSurveys))
	handle("GET /surveys/{id}", c.known(c.showSurvey))
	handle("GET /surveys/{id}/export", c.known(c.download))
	handle("GET /surveys/{id}/tickets", c.known(c.showTickets))
	handle("POST /surveys/{id}/tickets", c.known(c.issueTickets))
	handle("POST /surveys/{id}/tickets/revoke", c.known(c.revokeTicket))
	handle("GET /surveys/{id}/tickets/print", c.known(c.printTickets))
	handle("GET /terminals", c.known(c.showTerminals))
	handle("GET /terminals/{id}", c.known(c.showTerminal))
	handle("POST /terminals/{id}/send", c.known(c.letSend))
	handle("POST /alarms/acknowledge", c.known(c.acknowledgeAlarm))
	handle("GET /aside", c.known(c.showAside))
	handle("POST /aside/release", c.known(c.releaseAside))
	handle("POST /aside/accept", c.known(c.acceptBundle))
	handle("GET /improvements", c.known(c.showImprovements))
	handle("POST /improvements", c.known(c.addImprovement))
	handle("POST /improvements/remove", c.known(c.removeImprovement))
	handle("GET /help", c.known(c.showHelp))
	handle("GET /help/{name}", c.known(c.showHelp))
	handle("GET /", c.known(func(http.ResponseWriter, *http.Request) error { return errNoPage }))

	all := http.NewServeMux()
	all.Handle("GET /static/", c.static)
	all.Handle("/", c.sessions.LoadAndSave(pages))
	return secured(http.NewCrossOriginProtection().Handler(all))
}

// secured sets what every answer carries: nothing is loaded from elsewhere, nothing runs inside a page, nobody frames it.
func secured(next http.Handler) http.Handler {
	headers := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
			"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":     "nosniff",
		"Referrer-Policy":            "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Cache-Control":              "no-store", // answers do not stay on a shared machine
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		next.ServeHTTP(w, r)
	})
}

func (c *Console) home(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, "/surveys", http.StatusSeeOther)
	return nil
}

// terminalsByID are all terminals, for what names one by its id.
func (c *Console) terminalsByID(ctx context.Context) (map[uuid.UUID]store.Terminal, error) {
	all, err := c.Store.Terminals(ctx)
	if err != nil {
		return nil, err
	}
	byID := make(map[uuid.UUID]store.Terminal, len(all))
	for _, t := range all {
		byID[t.ID] = t
	}
	return byID, nil
}
