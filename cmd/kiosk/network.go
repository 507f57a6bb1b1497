package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
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
	near := u // what we connect to first
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u})
	if err == nil && proxy != nil {
		near = proxy
	}
	if t.via != "" {
		near = &url.URL{Scheme: "http", Host: t.via}
	}
	if !reach(ctx, near, t.identity.TLS(), told) {
		return
	}
	if !hear(ctx, t.agent, told) {
		return
	}
	s := t.agent.Status()
	offset := (time.Duration(s.Offset) * time.Millisecond).Round(time.Second)
	step := service.Step{Name: "time", Detail: offset.String()}
	if offset.Abs() > clockWithin {
		step.Reason = "clock"
	}
	told(step)
}

// reach finds the name and opens a connection; without an error on the way it returns true.
func reach(ctx context.Context, u *url.URL, trusted *tls.Config, told func(service.Step)) bool {
	ctx, cancel := context.WithTimeout(ctx, stepWithin)
	defer cancel()
	found, err := net.DefaultResolver.LookupHost(ctx, u.Hostname())
	if err != nil {
		told(service.Step{Name: "name", Reason: "no-name"})
		return false
	}
	told(service.Step{Name: "name", Detail: strings.Join(found, ", ")})
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443"}[u.Scheme]
		if port == "" {
			port = "80"
		}
	}
	host := net.JoinHostPort(u.Hostname(), port)
	var conn net.Conn
	if u.Scheme == "https" {
		conn, err = (&tls.Dialer{Config: trusted}).DialContext(ctx, "tcp", host)
	} else {
		conn, err = (&net.Dialer{}).DialContext(ctx, "tcp", host)
	}
	if err != nil {
		told(service.Step{Name: "tls", Reason: whyNot(err)})
		return false
	}
	defer conn.Close()
	detail := conn.RemoteAddr().String()
	if t, ok := conn.(*tls.Conn); ok {
		detail += ", " + tls.VersionName(t.ConnectionState().Version)
	}
	told(service.Step{Name: "tls", Detail: detail})
	return true
}

func whyNot(err error) string {
	var (
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		record      tls.RecordHeaderError
		late        net.Error
	)
	switch {
	case errors.As(err, &certificate), errors.As(err, &authority), errors.As(err, &record):
		return string(agent.Untrusted)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &late) && late.Timeout():
		return string(agent.TimedOut)
	}
	return string(agent.NotReached)
}

// hear has the agent talk to the collector and waits for what comes of it.
func hear(ctx context.Context, a *agent.Agent, told func(service.Step)) bool {
	before := a.Status()
	a.SyncNow()
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for late := time.After(replyWithin); ; {
		s := a.Status()
		if s.LastContact.After(before.LastContact) {
			told(service.Step{Name: "collector", Detail: s.LastContact.Local().Format(time.DateTime)})
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-late:
			step := service.Step{Name: "collector", Reason: string(agent.TimedOut)}
			for _, t := range s.Troubles {
				if t.Area == agent.HeartbeatArea {
					step.Reason, step.Detail = string(t.Reason), t.Message
				}
			}
			told(step)
			return false
		case <-look.C:
		}
	}
}
