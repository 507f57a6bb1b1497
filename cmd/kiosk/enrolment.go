package main

import (
	"context"
	"crypto/x509"
	"errors"
	"io/fs"
	"log/slog"
	"time"

	"otklik/kiosk/service"
	"otklik/sync/agent"
	"otklik/sync/wire"
)

// enrolWithin bounds one try to enrol, on a very slow line too.
const enrolWithin = 2 * time.Minute

// enroller makes this machine a terminal from the glass: it implements service.Enroller. The work is done where the
// enrolment is awaited, so that nothing else has the outbox open meanwhile.
type enroller struct {
	dir   string
	asked chan enrolRequest
}

type enrolRequest struct {
	ctx        context.Context
	invitation wire.Invitation
	done       chan error // has room for one
}

// Read implements service.Enroller.
func (e *enroller) Read(text string) (read service.Invitation) {
	if i, err := wire.ParseInvitation(text); err == nil {
		read.Address, read.Code = i.Address, i.Code.String()
		if i.Authority != (wire.Hash{}) {
			read.Authority = i.Authority.String()
		}
		return read
	}
	if c, err := wire.ParseCode(text); err == nil {
		read.Code = c.String()
	}
	return read
}

// Enrol implements service.Enroller.
func (e *enroller) Enrol(ctx context.Context, to service.Invitation) (reason, said string) {
	i := wire.Invitation{Address: to.Address}
	var err error
	if i.Code, err = wire.ParseCode(to.Code); err == nil && to.Authority != "" {
		err = i.Authority.UnmarshalText([]byte(to.Authority))
	}
	if err != nil {
		return "bad-code", ""
	}
	r := enrolRequest{ctx, i, make(chan error, 1)}
	select {
	case e.asked <- r:
		return whyNotEnrolled(<-r.done)
	case <-ctx.Done():
		return whyNotEnrolled(ctx.Err())
	}
}

// enrolNow does what was asked.
func (e *enroller) enrolNow(ctx context.Context, r enrolRequest) (err error) {
	ctx, cancel := context.WithTimeout(ctx, enrolWithin)
	defer cancel()
	defer context.AfterFunc(r.ctx, cancel)()
	box, err := openOutbox(e.dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, box.Close()) }()
	_, err = agent.Enrol(ctx, agent.EnrolOptions{
		URL: r.invitation.Address, Code: r.invitation.Code.String(), Dir: e.dir, Origin: box.Origin(), Version: version,
		Authority: r.invitation.Authority,
	})
	return err
}

// whyNotEnrolled is the reason for the glass, and what the other side said; "" for success.
func whyNotEnrolled(err error) (reason, said string) {
	var (
		failure *agent.Failure
		expired x509.CertificateInvalidError
		file    *fs.PathError
	)
	switch {
	case err == nil, errors.Is(err, agent.ErrEnrolled): // kiosk enrol was there first
		return "", ""
	case errors.Is(err, agent.ErrAddress):
		return "bad-address", ""
	case errors.Is(err, wire.ErrCode):
		return "bad-code", ""
	case errors.Is(err, wire.ErrSignature):
		return "wrong-key", ""
	case errors.Is(err, wire.ErrMalformed):
		return string(agent.Malformed), ""
	case errors.As(err, &failure):
		switch {
		case failure.Reason == agent.Untrusted && errors.As(err, &expired) && expired.Reason == x509.Expired:
			return "wrong-clock", ""
		case failure.Reason == agent.Refused && refusalReasons[failure.Code] != "":
			return refusalReasons[failure.Code], ""
		}
		return string(failure.Reason), failure.Message
	case errors.As(err, &file):
		return string(agent.Storage), ""
	}
	return string(agent.Internal), err.Error()
}

// refusalReasons are the collector's own words for refusing a code.
var refusalReasons = map[string]string{
	"code-malformed": "bad-code", "code-unknown": "code-unknown", "code-expired": "code-expired", "code-used": "code-used",
	"revoked": "code-used",
}

// await waits until this machine is enrolled, here or by kiosk enrol in the same folder, and opens the terminal. It returns
// nil when ctx ends first.
func (e *enroller) await(ctx context.Context, open func() (*terminal, error)) *terminal {
	poll := time.NewTicker(enrolmentPoll)
	defer poll.Stop()
	said := ""
	for {
		select {
		case <-ctx.Done():
			return nil
		case r := <-e.asked:
			err := e.enrolNow(ctx, r)
			r.done <- err
			if err != nil {
				continue
			}
		case <-poll.C:
		}
		t, err := open()
		if err == nil {
			return t
		}
		if now := err.Error(); !errors.Is(err, agent.ErrNotEnrolled) && now != said {
			slog.Error("the terminal is enrolled but cannot start; it is tried again and again", "err", err)
			said = now
		}
	}
}
