package agent

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"otklik/sync/disk"
	"otklik/sync/wire"
)

// ErrEnrolled says that a data folder holds an identity already.
var ErrEnrolled = errors.New("enrolled already")

// EnrolOptions say how a machine becomes a terminal.
type EnrolOptions struct {
	URL     string      // the collector's scheme and host
	Code    string      // as a person typed it
	Dir     string      // the data folder
	Origin  wire.Origin // of the outbox in it
	Version string      // of the kiosk program
	// Again replaces an identity that is there. What waits in the outbox stays; a collector with other keys than the old
	// one's cannot open it and keeps it apart.
	Again bool

	// OwnPIN says that a PIN for the service corner was chosen here; see wire.EnrolRequest.
	OwnPIN bool

	// CA are certificates in PEM, which alone are trusted from the first request on; "" for those of the identity that is
	// replaced, if it has any, or else of the machine. AnyCA is for those of the machine in any case.
	CA    string
	AnyCA bool
	// Authority, unless zero, is what an invitation says in place of CA: the SHA-256 of the one certificate to trust, which is
	// fetched.
	Authority wire.Hash

	Clock     func() time.Time  // nil for time.Now
	Rand      io.Reader         // the terminal's key and nonces; nil for crypto/rand
	Log       *slog.Logger      // nil for slog.Default()
	Transport http.RoundTripper // nil for one of its own
}

// enrolling is an enrolment under way. When the reply is lost, the collector takes the same code from the same key again.
type enrolling struct {
	Key  ed25519.PrivateKey `json:"key"`
	Code []byte             `json:"code"` // wire.Code.Hash of the code the key was made for
}

// Enrol makes the terminal's key and exchanges it, with the one-time code, for an identity, which it writes into the data
// folder before it returns. Called again after a failure it goes on with the same key. Then it fetches the first
// configuration; when that does not work it says so in the log, and the agent does it later. Errors say what to do;
// one wraps ErrEnrolled when the folder holds an identity and Again is not set.
func Enrol(ctx context.Context, options EnrolOptions) (Identity, error) {
	fail := func(err error) (Identity, error) { return Identity{}, fmt.Errorf("enrol: %w", err) }
	code, err := wire.ParseCode(options.Code)
	if err != nil {
		return fail(fmt.Errorf("%w; type it as collector terminal enrol printed it", err))
	}
	address, err := baseURL(options.URL)
	if err != nil {
		return fail(err)
	}
	if options.Origin == (wire.Origin{}) {
		return fail(errors.New("the outbox has no origin yet; open the outbox first and pass its origin"))
	}
	if options.Rand == nil {
		options.Rand = rand.Reader
	}
	if options.Clock == nil {
		options.Clock = time.Now
	}
	if options.Log == nil {
		options.Log = slog.Default()
	}

	pendingPath := filepath.Join(options.Dir, enrollingFile)
	pending, err := readEnrolling(pendingPath)
	if err != nil {
		return fail(err)
	}
	hash := code.Hash()
	resumed := bytes.Equal(pending.Code, hash[:])
	was, err := LoadIdentity(options.Dir)
	switch {
	case err == nil && resumed && was.Key.Equal(pending.Key):
		os.Remove(pendingPath) // the power went between the last two steps below
		return was, nil
	case err == nil && !options.Again:
		return fail(fmt.Errorf("%w: this is %s; to replace it, run kiosk enrol --again with a new code", ErrEnrolled, was))
	case err != nil && !errors.Is(err, ErrNotEnrolled) && !options.Again:
		return fail(err)
	}
	if err == nil && options.CA == "" && !options.AnyCA && options.Authority == (wire.Hash{}) {
		options.CA = was.CA // a pin is never lost by the way
	}
	if !resumed {
		if pending, err = startEnrolling(pendingPath, hash[:], options.Rand); err != nil {
			return fail(err)
		}
	}

	if options.CA == "" && options.Authority != (wire.Hash{}) {
		if options.CA, err = fetchAuthority(ctx, address, options.Version, options.Authority); err != nil {
			return fail(err)
		}
	}
	if options.Transport == nil {
		t, err := pinnedTransport(options.CA)
		if err != nil {
			return fail(err)
		}
		options.Transport = t
	}
	client := newClient(address, options.Version, options.Transport, 0)
	defer client.close()
	reply, err := askToEnrol(ctx, client, code, pending.Key, options)
	if err != nil {
		return fail(err)
	}
	identity := Identity{
		Terminal: reply.Terminal, Origin: options.Origin, URL: address, Key: pending.Key,
		SigningKey: reply.SigningKey, SealingKey: reply.SealingKey, EscrowKey: reply.EscrowKey, CA: options.CA,
		Collector: sha256.Sum256(reply.SealingKey),
	}
	if err := identity.check(); err != nil {
		return fail(fmt.Errorf("the collector's reply: %w; update the older of terminal and collector", err))
	}
	client.signFor(identity, options.Clock, options.Rand)
	same, err := isSuccessor(ctx, client, was.SigningKey, reply.SigningKey)
	if err != nil {
		return fail(err)
	}
	if same {
		identity.Collector = was.Collector
	}
	// Versions of configurations are each collector's own: one of a former collector would pass for this one's.
	if err := os.Remove(filepath.Join(options.Dir, configFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fail(fmt.Errorf("the former configuration cannot be deleted: %w; check the folder's owner", err))
	}
	if err := saveIdentity(options.Dir, identity); err != nil {
		return fail(err)
	}
	os.Remove(pendingPath) // if it stays, the next Enrol deletes it

	if reply.Config.Version > 0 {
		if _, err := (&fetcher{client, options.Dir}).fetch(ctx, reply.Config, loaded{}); err != nil {
			options.Log.Warn("the surveys were not fetched yet; the terminal fetches them when it runs", "error", err)
		}
	}
	return identity, nil
}

// askToEnrol sends the request and returns the reply that the code vouches for.
func askToEnrol(ctx context.Context, client *client, code wire.Code, key ed25519.PrivateKey, options EnrolOptions,
) (wire.EnrolReply, error) {
	body, err := wire.Encode(wire.EnrolRequest{
		Code: code.String(), Origin: options.Origin, PublicKey: key.Public().(ed25519.PublicKey), Version: options.Version,
		OwnPIN: options.OwnPIN,
	})
	if err != nil {
		return wire.EnrolReply{}, err
	}
	data, err := client.post(ctx, wire.PathEnrol, body)
	if err != nil {
		return wire.EnrolReply{}, err
	}
	reply, err := wire.OpenEnrolReply(data, code)
	if err != nil {
		return wire.EnrolReply{}, err
	}
	if reply.Origin != options.Origin || reply.Terminal == uuid.Nil {
		return wire.EnrolReply{}, &Failure{
			Reason: WrongReply, Message: "the reply is to another request than the one that was sent",
			Hint: "does a proxy or cache before the collector keep replies? It must not",
		}
	}
	return reply, nil
}

// isSuccessor reports whether the collector with a signing key is the one that had the other one before: then it can open what
// was sealed for it until now. former is empty where there was none.
func isSuccessor(ctx context.Context, client *client, former, now ed25519.PublicKey) (bool, error) {
	if len(former) == 0 || former.Equal(now) {
		return len(former) > 0, nil
	}
	data, err := client.get(ctx, wire.PathKeys, maxReplyBytes)
	if err != nil {
		if r := asFailure(err).Reason; r == Refused || r == NotOurs { // it tells of none, or what is before it lets none through
			return false, nil
		}
		return false, err
	}
	var all wire.Successions
	if err := wire.Decode(data, &all); err != nil {
		return false, replyFailure(err)
	}
	steps, err := all.Follow(former)
	return err == nil && now.Equal(ed25519.PublicKey(steps[len(steps)-1].SigningKey)), nil
}

// readEnrolling returns an enrolment under way; an empty one when there is none that can be gone on with.
func readEnrolling(path string) (enrolling, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return enrolling{}, nil
	}
	if err != nil {
		return enrolling{}, fmt.Errorf("read the enrolment under way: %w; check the folder and its owner: is this the user the terminal runs as?", err)
	}
	e, err := parseEnrolling(data)
	if err != nil {
		return enrolling{}, fmt.Errorf("the enrolment under way in %s: %w", path, err)
	}
	return e, nil
}

// parseEnrolling reads an enrolment under way; of one that is damaged nothing: a new key and code do.
func parseEnrolling(data []byte) (e enrolling, err error) {
	err = unmarshalFile(data, &e)
	if errors.Is(err, ErrNewer) {
		return enrolling{}, err
	}
	if err != nil || len(e.Key) != ed25519.PrivateKeySize {
		return enrolling{}, nil
	}
	return e, nil
}

func startEnrolling(path string, code []byte, random io.Reader) (enrolling, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(random, seed); err != nil {
		return enrolling{}, fmt.Errorf("no randomness for a key: %w", err)
	}
	e := enrolling{Key: ed25519.NewKeyFromSeed(seed), Code: code}
	data, err := marshalFile(&e)
	if err == nil {
		err = disk.Replace(path, data, 0o600)
	}
	if err != nil {
		return enrolling{}, fmt.Errorf("keep the terminal's new key: %w; check the folder, its owner and the free space", err)
	}
	return e, nil
}
