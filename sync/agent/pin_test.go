package agent_test

import (
	"encoding/pem"
	"errors"
	"log/slog"
	"net/http/httptest"
	"testing"

	"otklik/sync/agent"
	"otklik/sync/wire"
)

func TestEnrollingAgainKeepsThePinnedAuthority(t *testing.T) {
	c := newCollector(t)
	server := httptest.NewUnstartedServer(c)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	ca := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	options := agent.EnrolOptions{
		URL: server.URL, Code: c.code(t), Dir: t.TempDir(), Origin: wire.Origin{1, 2}, Version: "1.2.3", CA: ca,
		Log: slog.New(slog.DiscardHandler),
	}
	_, err := agent.Enrol(t.Context(), options)
	must(t, err)
	options.CA, options.Again, options.Code = "", true, c.code(t)
	again, err := agent.Enrol(t.Context(), options)
	must(t, err) // the machine does not trust the certificate
	if again.CA != ca {
		t.Error("the pin was lost by the way")
	}
	options.AnyCA, options.Code = true, c.code(t)
	var failure *agent.Failure
	if _, err := agent.Enrol(t.Context(), options); !errors.As(err, &failure) || failure.Reason != agent.Untrusted {
		t.Errorf("the pin was asked to go and held: %v", err)
	}
}
