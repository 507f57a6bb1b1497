package ingest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// refusal is an error with the answer it gets.
type refusal struct {
	status  int
	problem wire.Problem
	cause   error
}

// Error implements error.
func (r *refusal) Error() string {
	if r.cause == nil {
		return r.problem.Message
	}
	return r.problem.Message + ": " + r.cause.Error()
}

func (r *refusal) Unwrap() error { return r.cause }

// asRefusal says how an error is answered. What nobody foresaw is the store's trouble: the terminal keeps its records and
// comes again.
func asRefusal(err error) *refusal {
	var r *refusal
	switch {
	case errors.As(err, &r):
		return r
	case errors.Is(err, wire.ErrMalformed):
		return &refusal{http.StatusBadRequest, wire.Problem{
			Code: "malformed", Message: "the body is no message of this path: " + err.Error(),
			Hint: "is the terminal's program much newer or older than the collector?",
		}, err}
	case errors.Is(err, wire.ErrUnsigned):
		return &refusal{http.StatusUnauthorized, wire.Problem{
			Code: "unsigned", Message: err.Error(), Hint: "does a proxy in between change path, query or body?",
		}, err}
	}
	return &refusal{http.StatusServiceUnavailable, wire.Problem{
		Code: "unavailable", Message: "the collector cannot work just now", Hint: "keep everything and come again; its log says why",
	}, err}
}

func unknownTerminal(err error) *refusal {
	return &refusal{http.StatusUnauthorized, wire.Problem{
		Code: "unknown-terminal", Message: "the collector does not know this terminal", Hint: "enrol it again; its queue stays",
	}, err}
}

// revoked refuses a request of a terminal that was revoked, so that the terminal can tell that nobody else says so.
func (in *Ingest) revoked(t store.Terminal, body []byte) error {
	proof, err := wire.Sign(wire.RevocationContext, in.signing, wire.Revocation{
		Terminal: t.ID, Request: sha256.Sum256(body), Time: in.now(),
	})
	if err != nil {
		return err
	}
	return &refusal{http.StatusForbidden, wire.Problem{
		Code: "revoked", Message: fmt.Sprintf("terminal %s was revoked", t.ID),
		Hint:  "it asks nobody any more, its queue stays on it: bring the file of kiosk rescue to the collector before its disk is wiped",
		Proof: proof,
	}, nil}
}

// enrolRefusals are the answers to codes that make no terminal.
var enrolRefusals = []struct {
	err     error
	status  int
	problem wire.Problem
}{
	{wire.ErrCode, http.StatusBadRequest, wire.Problem{
		Code: "code-malformed", Message: "that is no enrolment code", Hint: "type it as it was printed, with or without dashes",
	}},
	{store.ErrNotFound, http.StatusNotFound, wire.Problem{
		Code: "code-unknown", Message: "the collector never issued this code, or a newer one took its place",
		Hint: "check the code, or issue a new one: collector terminal enrol",
	}},
	{store.ErrExpired, http.StatusGone, wire.Problem{
		Code: "code-expired", Message: "the code is older than 24 hours", Hint: "issue a new one: collector terminal enrol",
	}},
	{store.ErrSpent, http.StatusConflict, wire.Problem{
		Code: "code-spent", Message: "the code has made as many terminals as it was issued for",
		Hint: "issue a new one: collector terminal enrol --reusable N",
	}},
	{store.ErrRevoked, http.StatusForbidden, wire.Problem{
		Code: "revoked", Message: "the terminal that this code made was revoked", Hint: "issue a new one: collector terminal enrol",
	}},
	{store.ErrConflict, http.StatusConflict, wire.Problem{
		Code: "code-used", Message: "the code was used, or the terminal is enrolled under another name",
		Hint: "issue a new one: collector terminal enrol",
	}},
}

func enrolRefusal(err error) error {
	for _, r := range enrolRefusals {
		if errors.Is(err, r.err) {
			return &refusal{r.status, r.problem, err}
		}
	}
	return err
}
