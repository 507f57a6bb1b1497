package console

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"otklik/sync/collector/access"
	"otklik/sync/collector/store"
)

// What a session holds.
const (
	keyUser     = "user"
	keyStamp    = "stamp" // of the password hash the session began with: a new password ends it
	keyLanguage = "language"
)

// maxForm bounds the body of a form, in bytes.
const maxForm = 8 << 10

type userKey struct{}

// userName is the name of who is logged in, "" for nobody.
func userName(ctx context.Context) string {
	name, _ := ctx.Value(userKey{}).(string)
	return name
}

// known lets only those through who are logged in, and sends others to do so.
func (c *Console) known(p page) page {
	return func(w http.ResponseWriter, r *http.Request) error {
		user, err := c.user(r.Context())
		if errors.Is(err, store.ErrNotFound) {
			return c.sendToLogin(w, r)
		}
		if err != nil {
			return err
		}
		return p(w, r.WithContext(context.WithValue(r.Context(), userKey{}, user.Name)))
	}
}

// user is who is logged in; store.ErrNotFound when nobody is.
func (c *Console) user(ctx context.Context) (store.User, error) {
	name := c.sessions.GetString(ctx, keyUser)
	if name == "" {
		return store.User{}, store.ErrNotFound
	}
	u, err := c.Store.User(ctx, name)
	if err == nil && stamp(u) != c.sessions.GetString(ctx, keyStamp) {
		return store.User{}, store.ErrNotFound
	}
	return u, err
}

func stamp(u store.User) string {
	sum := sha256.Sum256([]byte(u.Hash))
	return hex.EncodeToString(sum[:8])
}

func (c *Console) sendToLogin(w http.ResponseWriter, r *http.Request) error {
	if r.Header.Get("HX-Request") != "" {
		w.Header().Set("HX-Refresh", "true") // an open page that refreshes itself turns into the log-in as a whole
		w.WriteHeader(http.StatusUnauthorized)
		return nil
	}
	to := "/login"
	if r.Method == http.MethodGet && r.URL.Path != "/" {
		to += "?next=" + url.QueryEscape(r.URL.RequestURI())
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// loginPage is what the log-in shows.
type loginPage struct {
	Name    string // as it was typed
	Problem string // what was wrong, in words
	Next    string // where to go afterwards
}

func (c *Console) showLogin(w http.ResponseWriter, r *http.Request) error {
	if _, err := c.user(r.Context()); err == nil {
		return c.home(w, r)
	}
	return c.loginForm(w, r, http.StatusOK, loginPage{Next: local(r.URL.Query().Get("next"))})
}

func (c *Console) loginForm(w http.ResponseWriter, r *http.Request, status int, p loginPage) error {
	title, err := c.words(r).T("login.title")
	if err != nil {
		return err
	}
	return c.show(w, r, status, "login", "", title, p)
}

func (c *Console) logIn(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	name, password := strings.TrimSpace(r.PostFormValue("name")), r.PostFormValue("password")
	next := local(r.PostFormValue("next"))
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	user, err := c.Users.LogIn(r.Context(), name, password, address)
	var tooMany access.TooManyError
	switch {
	case errors.Is(err, access.ErrWrong):
		who := "" // what is no name may be a password, typed into the wrong line
		if u, err := c.Store.User(r.Context(), name); err == nil {
			who = u.Name
		}
		c.Log.Warn("wrong log-in", "name", who, "address", address)
		problem, err := c.words(r).T("login.wrong")
		if err != nil {
			return err
		}
		return c.loginForm(w, r, http.StatusUnauthorized, loginPage{name, problem, next})
	case errors.As(err, &tooMany):
		wait, err := c.words(r).For(tooMany.Wait)
		if err != nil {
			return err
		}
		problem, err := c.words(r).With("login.wait", wait)
		if err != nil {
			return err
		}
		return c.loginForm(w, r, http.StatusTooManyRequests, loginPage{name, problem, next})
	case err != nil:
		return err
	}
	// A new token: one that somebody planted before the log-in is worth nothing.
	if err := c.sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	c.sessions.Put(r.Context(), keyUser, user.Name)
	c.sessions.Put(r.Context(), keyStamp, stamp(user))
	c.Log.Info("log-in", "name", user.Name, "address", address)
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

func (c *Console) logOut(w http.ResponseWriter, r *http.Request) error {
	language := c.language(r)
	if err := c.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	c.sessions.Put(r.Context(), keyLanguage, language)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}

func (c *Console) setLanguage(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if l := r.PostFormValue("language"); c.views.words[l] != nil {
		c.sessions.Put(r.Context(), keyLanguage, l)
	}
	http.Redirect(w, r, local(r.PostFormValue("here")), http.StatusSeeOther)
	return nil
}

// local is an address of this console, "/" when it is not one.
func local(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") ||
		strings.ContainsAny(address, "\\\r\n") {
		return "/"
	}
	return u.RequestURI()
}
