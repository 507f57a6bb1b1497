package agent

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"
	"unicode"

	"otklik/sync/wire"
)

// Reason is a stable word for why something did not work.
type Reason string

// The reasons. Only NoName to Proxy are about the way to the collector; the rest is about what answered.
const (
	NoName      Reason = "no-name"     // the host's name was not found
	NotReached  Reason = "not-reached" // nobody answered at the address
	TimedOut    Reason = "timed-out"   // no full reply in time
	Untrusted   Reason = "untrusted"   // TLS failed
	Proxy       Reason = "proxy"       // a proxy wants something of us
	CutOff      Reason = "cut-off"     // the reply ended early
	Redirected  Reason = "redirected"  // a redirect, which is never followed
	NotOurs     Reason = "not-ours"    // something that is no collector answered: a log-in page, another web server
	Encoded     Reason = "encoded"     // a reply with a content coding that nobody asked for
	TooLarge    Reason = "too-large"   // a reply beyond its bound
	Malformed   Reason = "malformed"   // no message of this protocol
	NotSigned   Reason = "not-signed"  // not signed with the pinned key
	WrongReply  Reason = "wrong-reply" // signed, and an answer to something else
	Undecided   Reason = "undecided"   // a receipt without a verdict on any record of the batch
	Unavailable Reason = "unavailable" // the collector, or what stands before it, cannot work now
	Refused     Reason = "refused"     // the collector said no
	BadSurvey   Reason = "bad-survey"  // a survey is not what its name says, or does not load
	BadConfig   Reason = "bad-config"  // a configuration that cannot be followed
	Storage     Reason = "storage"     // the terminal's own disk
	Internal    Reason = "internal"    // a mistake in this program
	PassedOver  Reason = "passed-over" // some records are refused and wait aside
)

// Failure is what went wrong with one exchange, in words. It is never about the records: they stay.
type Failure struct {
	Reason Reason
	// Code is the collector's own word for a refusal, such as "unknown-terminal"; mostly empty.
	Code    string
	Message string // what happened
	Hint    string // what to do

	status     int
	retryAfter time.Duration
	proof      []byte // of a refusal, see wire.Problem
	cause      error
}

// Error implements error.
func (f *Failure) Error() string {
	if f.Hint == "" {
		return "agent: " + f.Message
	}
	return "agent: " + f.Message + "; " + f.Hint
}

func (f *Failure) Unwrap() error { return f.cause }

// asFailure returns err as a Failure.
func asFailure(err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	return &Failure{Reason: Internal, Message: err.Error(), Hint: "tell the makers of the program", cause: err}
}

func storageFailure(what string, err error) *Failure {
	return &Failure{
		Reason: Storage, Message: fmt.Sprintf("%s: %v", what, err), Hint: "check the terminal's disk and its free space", cause: err,
	}
}

// transportFailure says why no reply came, or no whole one.
func transportFailure(address string, err error) *Failure {
	f := &Failure{Reason: NotReached, cause: err}
	var (
		dns         *net.DNSError
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       tls.AlertError
		expired     x509.CertificateInvalidError
		timeout     net.Error
		refusal     *proxyRefusal
		proxy       *net.OpError // or what TLS said
		known       *Failure
	)
	switch {
	case errors.As(err, &known): // the neighbour on the way said it
		return known
	case errors.As(err, &refusal) && refusal.status == http.StatusProxyAuthRequired:
		f.Reason, f.Message, f.Hint = Proxy, "the proxy wants a log-in", "set the proxy up to let the terminal pass"
	case errors.As(err, &refusal):
		f.Reason, f.Message = Proxy, "the proxy does not connect us with "+address+": "+refusal.Error()
		f.Hint = "check the proxy's rules, and that it reaches the collector"
	case errors.As(err, &proxy) && proxy.Op == "proxyconnect":
		f.Reason, f.Message, f.Hint = Proxy, "the proxy was not reached: "+plain(err.Error()), "check the proxy's address in the settings"
	case errors.As(err, &dns) && !dns.IsTimeout:
		f.Reason, f.Message = NoName, "the name in "+address+" was not found"
		f.Hint = "check the address, the network cable or Wi-Fi, and the name server"
	case errors.As(err, &expired) && expired.Reason == x509.Expired:
		f.Reason, f.Message = Untrusted, "the certificate of "+address+" is not valid today"
		f.Hint = "check the terminal's clock, then the certificate"
	case errors.As(err, &certificate):
		f.Reason, f.Message = Untrusted, "the certificate of "+address+" is not trusted: "+certificate.Err.Error()
		f.Hint = "install the centre's certificate authority on the terminal, or check who answers there"
	case errors.As(err, &record), errors.As(err, &alert), errors.Is(err, http.ErrSchemeMismatch),
		errors.As(err, &proxy) && strings.HasSuffix(proxy.Op, " error"): // crypto/tls's "local error" and "remote error"
		f.Reason, f.Message = Untrusted, "no TLS connection with "+address+": "+plain(err.Error())
		f.Hint = "check the address, is it https:// or http://?"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		f.Reason, f.Message = TimedOut, "no full reply from "+address+" in time"
		f.Hint = "check the network and the collector's load"
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		f.Reason, f.Message = CutOff, "the connection with "+address+" was cut"
		f.Hint = "check the network and what stands before the collector"
	case errors.Is(err, syscall.ECONNREFUSED):
		f.Message, f.Hint = "nobody listens at "+address, "is the collector running? collector serve"
	case strings.Contains(err.Error(), "malformed HTTP"),
		strings.Contains(err.Error(), "readLoopPeekFail"): // net/http's words for a server that speaks before it is asked
		f.Reason, f.Message = NotOurs, address+" does not speak as a collector does: "+plain(err.Error())
		f.Hint = "check the address and the port"
	default:
		f.Message, f.Hint = address+" was not reached: "+plain(err.Error()), "check the network cable or Wi-Fi and the address"
	}
	return f
}

// statusFailure says what a status other than 200 means. problem is what the collector said, if it was the collector:
// its words are not signed, so they are shown and never acted on, but for sending less at a time.
func statusFailure(address string, status int, problem wire.Problem) *Failure {
	f := &Failure{Code: problem.Code, status: status, proof: problem.Proof}
	said := fmt.Sprintf("%s answered %d %s", address, status, http.StatusText(status))
	switch {
	case problem.Code != "" && status >= 500:
		f.Reason, f.Message, f.Hint = Unavailable, "the collector cannot work now: "+problem.Message, problem.Hint
	case problem.Code != "":
		f.Reason, f.Message, f.Hint = Refused, "the collector refused: "+problem.Message, problem.Hint
	case status == http.StatusNetworkAuthenticationRequired:
		f.Reason, f.Message, f.Hint = NotOurs, "the network wants a log-in", "log the terminal in to the network, or free it from that"
	case status >= 300 && status < 400:
		f.Reason, f.Message = Redirected, said+"; redirects are not followed"
		f.Hint = "give the collector's final address, and see if the network wants a log-in"
	case status == http.StatusProxyAuthRequired:
		f.Reason, f.Message, f.Hint = Proxy, "the proxy wants a log-in", "set the proxy up to let the terminal pass"
	case status == http.StatusRequestEntityTooLarge:
		f.Reason, f.Message, f.Hint = Refused, said, "let the proxy before the collector take bodies of 1 MiB"
	case status == http.StatusTooManyRequests || status >= 500:
		f.Reason, f.Message, f.Hint = Unavailable, said, "see the log of the collector and of what stands before it"
	default:
		f.Reason, f.Message = NotOurs, said+", and not in the collector's way"
		f.Hint = "check the address, and that the network asks for no log-in"
	}
	return f
}

// tooMuch reports whether a batch was refused for what is in it or for its size, so that less of it may pass.
func (f *Failure) tooMuch() bool {
	switch f.status {
	case http.StatusRequestEntityTooLarge:
		return true
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return f.Code != "" && f.Code != "cut-off"
	}
	return f.Reason == Undecided
}

// lostWay reports whether the collector was not reached, so that a sign of life from it is a reason to try again.
func (f *Failure) lostWay() bool {
	switch f.Reason {
	case NoName, NotReached, TimedOut, Untrusted, Proxy, CutOff, Redirected, NotOurs:
		return true
	}
	return false
}

// proxyRefusal is a proxy's answer to CONNECT.
type proxyRefusal struct{ status int }

// Error implements error.
func (p *proxyRefusal) Error() string {
	return fmt.Sprintf("it answered %d %s", p.status, http.StatusText(p.status))
}

const maxWords = 300

// plain makes a foreign text fit for a line on a screen.
func plain(text string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(text, ""))
	if runes := []rune(clean); len(runes) > maxWords {
		clean = string(runes[:maxWords]) + "…"
	}
	return strings.TrimSpace(clean)
}
