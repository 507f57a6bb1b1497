package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"

	"otklik/kiosk/service"
	"otklik/sync/agent"
)

// Bounds of the network test.
const (
	stepWithin  = 10 * time.Second
	replyWithin = 20 * time.Second
	clockWithin = time.Minute // a clock that is further off is told
)

// Network implements service.Terminal.
func (c *corner) Network(ctx context.Context, told func(service.Step)) {
	t := c.behind.get()
	if t == nil {
		told(service.Step{Name: "address", Reason: "bad-address"})
		return
	}
	address := t.agent.Status().URL
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		told(service.Step{Name: "address", Reason: "bad-address"})
		return
	}
	told(service.Step{Name: "address", Detail: address})
	w := way{to: u, trusted: t.identity.TLS(), neighbour: t.via}
	if w.proxy, err = http.ProxyFromEnvironment(&http.Request{URL: u}); err != nil {
		told(service.Step{Name: "proxy", Reason: string(agent.Proxy)})
		return
	}
	if w.try(ctx, told) && hear(ctx, t.agent, told) {
		told(clockStep(t.agent.Status()))
	}
}

// clockStep judges the clock of the terminal.
func clockStep(s agent.Status) service.Step {
	if !s.OffsetKnown {
		return service.Step{Name: "time", Reason: "clock-unknown"}
	}
	offset := (time.Duration(s.Offset) * time.Millisecond).Round(time.Second)
	step := service.Step{Name: "time", Detail: offset.String()}
	if offset.Abs() > clockWithin {
		step.Reason = "clock"
	}
	return step
}

// way is how the collector is reached: itself, through a proxy or through a neighbouring terminal.
type way struct {
	to        *url.URL
	trusted   *tls.Config
	proxy     *url.URL // nil for none
	neighbour string   // "" for none; it goes before the proxy
}

// try goes the way as far as it can without the collector's help, and tells of each part what was really tried. It returns
// true when nothing failed. What lies behind a neighbour only the collector's reply can tell.
func (w way) try(ctx context.Context, told func(service.Step)) bool {
	ctx, cancel := context.WithTimeout(ctx, stepWithin)
	defer cancel()
	near, part := w.to, "tcp"
	switch {
	case w.neighbour != "":
		near, part = &url.URL{Scheme: "http", Host: w.neighbour}, "neighbour"
	case w.proxy != nil:
		near, part = w.proxy, "proxy"
	}
	found, err := net.DefaultResolver.LookupHost(ctx, near.Hostname())
	if err != nil {
		told(service.Step{Name: "name", Reason: string(agent.NoName)})
		return false
	}
	told(service.Step{Name: "name", Detail: strings.Join(found, ", ")})
	if part != "tcp" || w.to.Scheme != "https" { // with TLS the next step says both
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(near.Hostname(), port(near)))
		if err != nil {
			told(service.Step{Name: part, Reason: whyNot(err)})
			return false
		}
		detail := conn.RemoteAddr().String()
		_ = conn.Close()
		told(service.Step{Name: part, Detail: detail})
	}
	if part == "neighbour" || w.to.Scheme != "https" {
		return true
	}
	return w.secure(ctx, told)
}

// errProxy says that a proxy does not connect us.
var errProxy = errors.New("the proxy refused")

// secure makes a TLS connection with the collector, through the proxy if there is one.
func (w way) secure(ctx context.Context, told func(service.Step)) bool {
	detail := ""
	transport := &http.Transport{
		TLSClientConfig: w.trusted, Proxy: http.ProxyURL(w.proxy), DisableKeepAlives: true,
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, reply *http.Response) error {
			if reply.StatusCode != http.StatusOK {
				return fmt.Errorf("%w: %s", errProxy, reply.Status)
			}
			return nil
		},
	}
	defer transport.CloseIdleConnections()
	seen := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) {
		detail = i.Conn.RemoteAddr().String()
		if t, ok := i.Conn.(*tls.Conn); ok {
			detail += ", " + tls.VersionName(t.ConnectionState().Version)
		}
	}})
	request, err := http.NewRequestWithContext(seen, http.MethodHead, w.to.String(), nil)
	if err == nil {
		var reply *http.Response
		if reply, err = transport.RoundTrip(request); err == nil {
			_ = reply.Body.Close()
		}
	}
	if detail == "" && err != nil { // else there was a connection; what answers on it is the next step's
		told(service.Step{Name: "tls", Reason: whyNot(err)})
		return false
	}
	told(service.Step{Name: "tls", Detail: detail})
	return true
}

// port is the port of an address, the usual one where it names none.
func port(u *url.URL) string {
	if u.Port() == "" {
		return map[bool]string{true: "443", false: "80"}[u.Scheme == "https"]
	}
	return u.Port()
}

func whyNot(err error) string {
	var (
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		record      tls.RecordHeaderError
		late        net.Error
		proxied     *net.OpError
	)
	switch {
	case errors.Is(err, errProxy), errors.As(err, &proxied) && proxied.Op == "proxyconnect":
		return string(agent.Proxy)
	case errors.As(err, &certificate), errors.As(err, &authority), errors.As(err, &record),
		errors.Is(err, http.ErrSchemeMismatch):
		return string(agent.Untrusted)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &late) && late.Timeout():
		return string(agent.TimedOut)
	}
	return string(agent.NotReached)
}

// hear has the agent talk to the collector and waits for what comes of it.
func hear(ctx context.Context, a *agent.Agent, told func(service.Step)) bool {
	before := a.Status()
	late := time.NewTimer(replyWithin)
	defer late.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-a.SyncNow():
	case <-late.C:
	}
	s := a.Status()
	if s.LastContact.After(before.LastContact) {
		told(service.Step{Name: "collector", Detail: s.LastContact.Local().Format(time.DateTime)})
		return true
	}
	step := service.Step{Name: "collector", Reason: string(agent.TimedOut)}
	for _, t := range s.Troubles {
		if t.Area == agent.HeartbeatArea {
			step.Reason, step.Detail = string(t.Reason), t.Message
		}
	}
	told(step)
	return false
}
