package main

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"otklik/sync/collector/access"
	"otklik/sync/collector/console"
	"otklik/sync/collector/export"
	"otklik/sync/collector/ingest"
	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

type serveCommand struct {
	dataFlag
	backupFlags
	Listen      string       `help:"Address to listen on; port 0 takes a free one." default:"127.0.0.1:8400" placeholder:"HOST:PORT"`
	URL         string       `name:"url" help:"Address that terminals and browsers reach the collector at, such as a proxy's; http://HOST:PORT if not given."`
	CA          string       `name:"ca" help:"Certificate authority in PEM that vouches for that address, when it is the centre's own: invitations carry its fingerprint, and terminals fetch it here and trust no other." type:"existingfile" placeholder:"FILE"`
	UploadLimit *uploadLimit `help:"How many bytes a second each terminal may take of the line to upload, for all day or for some hours: 32K or 32K@8-20." placeholder:"RATE"`

	TerminalKeepDays int   `help:"How many days terminals keep answers that the collector has, to bring them again after a restore; 14 if not given." placeholder:"DAYS"`
	TerminalKeepMB   int64 `name:"terminal-keep-mb" help:"How many MB of them at most; 64 if not given." placeholder:"MB"`
}

// unread is how long a reply waits for its caller to take a piece of it.
const unread = time.Minute

// goodbye is how long requests under way may take once the collector was asked to stop.
const goodbye = 15 * time.Second

func (cmd *serveCommand) Run(ctx context.Context) error {
	if err := cmd.check(); err != nil {
		return err
	}
	if cmd.TerminalKeepDays < 0 || cmd.TerminalKeepDays > 3650 || cmd.TerminalKeepMB < 0 || cmd.TerminalKeepMB > 1<<20 {
		return errors.New("--terminal-keep-days is 1 to 3650, --terminal-keep-mb 1 to 1048576; leave them out for 14 and 64")
	}
	listener, err := net.Listen("tcp", cmd.Listen)
	if err != nil {
		return fmt.Errorf("%w; is another collector running, or give another --listen", err)
	}
	url := cmd.URL
	if url == "" {
		url = reachable(listener.Addr())
	}
	front := &door{}
	server := &http.Server{
		Handler: front, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(patientListener{listener, unread}) }()
	slog.Info("listening", "url", url, "listen", listener.Addr().String(), "data", cmd.Data, "version", version)
	var c *collector
	err = whenWell(ctx, func() (err error) {
		c, err = cmd.begin(ctx, url)
		return err
	})
	if err != nil {
		closed := server.Close()
		<-served
		if ctx.Err() != nil {
			return closed // it was told to stop before it could begin
		}
		return errors.Join(err, closed)
	}
	return errors.Join(cmd.serve(ctx, c, url, front, server, served), c.store.Close(), c.release())
}

// begin opens the data folder and writes into it what a collector that serves decides.
func (cmd *serveCommand) begin(ctx context.Context, url string) (*collector, error) {
	c, err := cmd.open(ctx)
	if err != nil {
		return nil, err
	}
	err = errors.Join(c.saveURL(url), c.saveAuthority(cmd.CA))
	if err == nil {
		err = c.store.SetKeepWindow(ctx, store.KeepWindow{Days: cmd.TerminalKeepDays, Bytes: cmd.TerminalKeepMB << 20})
	}
	if err == nil {
		err = c.store.SetBackupEvery(ctx, cmd.every())
	}
	if err != nil {
		return nil, errors.Join(err, c.store.Close(), c.release())
	}
	return c, nil
}

// serve lets callers in until ctx ends.
func (cmd *serveCommand) serve(ctx context.Context, c *collector, url string, front *door, server *http.Server, served <-chan error) error {
	if cmd.UploadLimit != nil {
		c.fleet.LimitUploads(cmd.UploadLimit.at)
	}
	handler, people, err := c.handler(strings.HasPrefix(cmd.URL, "https://"))
	if err != nil {
		return errors.Join(err, server.Close())
	}
	// The first look at what is here takes long in a large store, once: nobody should wait for a page meanwhile.
	counting, stop := context.WithCancel(ctx)
	counted := make(chan struct{})
	go func() {
		defer close(counted)
		_, err := c.store.Coverage(counting, uuid.Nil)
		if err = errors.Join(err, people.CountAll(counting)); err != nil && counting.Err() == nil {
			slog.Warn("what is here could not be counted; a page that shows it will try again", "error", err)
		}
	}()
	defer func() { stop(); <-counted }()
	front.open(handler)
	var backups sync.WaitGroup
	backingUp, stopBackups := context.WithCancel(ctx)
	defer backups.Wait()
	defer stopBackups()
	backups.Go(func() { c.backups(cmd.Backup, cmd.BackupKeep).Run(backingUp, cmd.every(), slog.Default()) })
	fmt.Printf("Listening on %s\n", url)
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	slog.Info("stopping")
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), goodbye)
	defer cancel()
	if err := server.Shutdown(patience); err != nil {
		slog.Warn("some requests were cut off", "error", err)
		return server.Close()
	}
	return nil
}

// reachable is the address of a listener as others may type it.
func reachable(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return "http://" + addr.String()
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		if name, err := os.Hostname(); err == nil {
			host = name
		}
	}
	return "http://" + net.JoinHostPort(host, port)
}

// handler is all that the collector serves: terminals, people, and whoever watches over it. secure says that browsers
// reach it by https.
func (c *collector) handler(secure bool) (all http.Handler, people *console.Console, err error) {
	terminals, err := c.ingest()
	if err != nil {
		return nil, nil, err
	}
	users, err := access.New(c.store, time.Now)
	if err != nil {
		return nil, nil, err
	}
	people, err = console.New(console.Config{
		Store: c.store, Tickets: c.fleet, Improver: c.fleet, Records: terminals, Users: users, Sessions: c.store.Sessions(), Now: time.Now, Zone: time.Local,
		Escrow: c.keys.Escrow, Secure: secure,
		Log: slog.Default(), Manifests: &export.Maker{Version: version, Key: c.keys.Signing, Now: time.Now},
	})
	if err != nil {
		return nil, nil, err
	}
	mux := http.NewServeMux()
	for _, path := range []string{wire.PathEnrol, wire.PathBatches, wire.PathHeartbeat, wire.PathOffer, wire.PathKeys, wire.PathSurveys} {
		mux.Handle(path, terminals)
	}
	mux.HandleFunc("GET "+wire.PathAuthority, c.serveAuthority)
	mux.HandleFunc("GET /healthz", c.healthz)
	mux.Handle("/", people)
	return mux, people, nil
}

// ingest is where records come in, from wherever. more are private keys beside the collector's own that open them.
func (c *collector) ingest(more ...[]byte) (*ingest.Ingest, error) {
	opener, err := wire.NewOpener(append(c.keys.Opening(), more...)...)
	if err != nil {
		return nil, err
	}
	in := ingest.New(c.store, c.fleet, c.keys.Signing, opener, time.Now, slog.Default())
	in.Succeed(c.keys.Chain)
	in.SealAlsoFor(c.keys.Escrow)
	return in, nil
}

// serveAuthority gives anybody the certificate that terminals know by its fingerprint.
func (c *collector) serveAuthority(w http.ResponseWriter, r *http.Request) {
	authority, err := c.authority()
	if err != nil {
		slog.Error("the certificate authority cannot be read", "error", err)
	}
	if authority == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	w.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Raw}))
}

// healthz says whether answers can be kept just now.
func (c *collector) healthz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	w.Header().Set("Cache-Control", "no-store")
	if err := c.store.Ping(ctx); err != nil {
		slog.Error("not healthy", "error", err)
		http.Error(w, "the store cannot be written to", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ok")
}
