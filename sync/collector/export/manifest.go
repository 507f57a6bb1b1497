package export

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"time"

	"github.com/google/uuid"

	"otklik/sync/collector/store"
	"otklik/sync/wire"
)

// ManifestFormat names the form of a manifest.
const ManifestFormat = "otklik/manifest/1"

// manifestContext separates the signature of a manifest from others of the collector.
const manifestContext = "otklik/v1/manifest"

// Manifest says what an export is: how much, of which store, and of each terminal what was here of all it ever recorded.
// It lies beside the export and is signed, so that both can be checked years later.
type Manifest struct {
	Format  string    `json:"format"`
	File    string    `json:"file"`
	Survey  string    `json:"survey"`
	Rows    int       `json:"rows"`
	Bytes   int64     `json:"bytes"`
	SHA256  string    `json:"sha256"`
	Made    time.Time `json:"made"`
	Epoch   string    `json:"epoch"`
	Version string    `json:"collector_version"`
	// Terminals are all that ever sent something, of whatever survey.
	Terminals []ManifestTerminal `json:"terminals"`
	// Aside is the hash chain of what could not be read, of all terminals together.
	Aside ManifestChain `json:"quarantine"`
}

// ManifestChain is where a hash chain stands: see collector verify.
type ManifestChain struct {
	Links uint64 `json:"chain_links"`
	Head  string `json:"chain_head,omitempty"`
}

// ManifestTerminal is one outbox of a terminal.
type ManifestTerminal struct {
	Terminal uuid.UUID `json:"terminal"`
	Site     string    `json:"site"`
	Name     string    `json:"name"`
	Origin   string    `json:"origin"`
	// First and Last are the range of seq that was ever given out; of it Lacking are not here, Waiting of which still lay on
	// the terminal when it was last heard of. Missing are the others. FormerDisk of the missing lay on a disk that is in use
	// no more, and may be brought yet.
	First      uint64      `json:"first"`
	Last       uint64      `json:"last"`
	Lacking    wire.Ranges `json:"not_here"`
	Waiting    uint64      `json:"waiting_on_terminal"`
	Missing    uint64      `json:"missing"`
	FormerDisk uint64      `json:"missing_on_former_disk,omitempty"`
	// The hash chain of its responses.
	ManifestChain
}

// signedManifest is the file. The signature is Ed25519ctx under the context otklik/v1/manifest over the manifest as
// compact JSON.
type signedManifest struct {
	Manifest  json.RawMessage `json:"manifest"`
	Signature []byte          `json:"signature"`
}

// ManifestSource is where a manifest comes from.
type ManifestSource interface {
	Moment(ctx context.Context) (store.Moment, error)
}

// Maker makes manifests in the name of a collector.
type Maker struct {
	Version string
	Key     ed25519.PrivateKey // signs
	Now     func() time.Time
}

// Digest counts and hashes what is written to an export.
type Digest struct {
	to    io.Writer
	hash  hash.Hash
	bytes int64
}

// NewDigest writes on to an export.
func NewDigest(to io.Writer) *Digest { return &Digest{to: to, hash: sha256.New()} }

// Write implements io.Writer.
func (d *Digest) Write(p []byte) (int, error) {
	n, err := d.to.Write(p)
	d.hash.Write(p[:n])
	d.bytes += int64(n)
	return n, err
}

// Draft is a manifest of an export that is about to be written: of the store as it was when the draft was begun.
type Draft struct {
	maker  *Maker
	moment store.Moment
}

// Begin looks at every terminal before an export is written.
func (m *Maker) Begin(ctx context.Context, src ManifestSource) (*Draft, error) {
	moment, err := src.Moment(ctx)
	return &Draft{m, moment}, err
}

// Source is src without the responses that arrived after the draft was begun: they are in the next export.
func (d *Draft) Source(src Source) Source { return before{src, d.moment.Last} }

type before struct {
	Source
	last int64
}

var errLater = errors.New("it arrived later")

// EachResponse implements Source.
func (b before) EachResponse(ctx context.Context, survey string, after int64, yield func(*store.Response) error) error {
	err := b.Source.EachResponse(ctx, survey, after, func(r *store.Response) error {
		if r.ID > b.last {
			return errLater
		}
		return yield(r)
	})
	if errors.Is(err, errLater) {
		return nil
	}
	return err
}

// Write writes the manifest of an export with that name and so many rows, which went through digest.
func (d *Draft) Write(to io.Writer, file, survey string, rows int, digest *Digest) error {
	manifest := Manifest{
		Format: ManifestFormat, File: file, Survey: survey, Rows: rows, Bytes: digest.bytes, SHA256: hex.EncodeToString(digest.hash.Sum(nil)),
		Made: d.maker.Now().UTC().Truncate(time.Second), Epoch: d.moment.Epoch.String(), Version: d.maker.Version, Terminals: []ManifestTerminal{},
	}
	manifest.tell(&d.moment)
	inner, err := json.Marshal(&manifest)
	if err != nil {
		return err
	}
	signature, err := d.maker.Key.Sign(nil, inner, &ed25519.Options{Context: manifestContext})
	if err != nil {
		return fmt.Errorf("export: sign the manifest: %w", err)
	}
	out := json.NewEncoder(to)
	out.SetIndent("", "  ")
	return out.Encode(signedManifest{inner, signature})
}

// tell says of every terminal what was here.
func (m *Manifest) tell(moment *store.Moment) {
	byID := make(map[uuid.UUID]*store.Terminal, len(moment.Terminals))
	for i := range moment.Terminals {
		byID[moment.Terminals[i].ID] = &moment.Terminals[i]
	}
	chains := make(map[wire.Origin]ManifestChain, len(moment.Heads))
	for _, h := range moment.Heads {
		chains[h.Origin] = ManifestChain{h.Links, h.Head.String()}
	}
	m.Aside = chains[store.AsideChain]
	for _, c := range moment.Coverage {
		lacking := c.Lacking()
		if lacking == nil {
			lacking = wire.Ranges{}
		}
		t := ManifestTerminal{
			Terminal: c.Terminal, Origin: c.Origin.String(), First: c.First, Last: c.Last, Lacking: lacking,
			Missing: c.Missing(), FormerDisk: c.OnFormerDisk(), ManifestChain: chains[c.Origin],
		}
		if c.Left.IsZero() {
			t.Waiting = c.Waiting
		}
		if known := byID[c.Terminal]; known != nil {
			t.Site, t.Name = known.Site, known.Name
		}
		m.Terminals = append(m.Terminals, t)
	}
}

// ErrManifest says that a file is no manifest that this collector signed.
var ErrManifest = errors.New("no manifest of this collector")

// ReadManifest reads a manifest and checks its signature by the collector's key. The error wraps ErrManifest.
func ReadManifest(path string, key ed25519.PublicKey) (*Manifest, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	var signed signedManifest
	var compact bytes.Buffer
	var m Manifest
	err = json.Unmarshal(text, &signed)
	if err == nil {
		err = json.Compact(&compact, signed.Manifest)
	}
	if err == nil {
		err = ed25519.VerifyWithOptions(key, compact.Bytes(), signed.Signature, &ed25519.Options{Context: manifestContext})
	}
	if err == nil {
		err = json.Unmarshal(signed.Manifest, &m)
	}
	if err == nil && m.Format != ManifestFormat {
		err = fmt.Errorf("it is a %q", m.Format)
	}
	if err != nil {
		return nil, fmt.Errorf("export: %s: %w: %w; was it changed, or is it of another collector?", path, ErrManifest, err)
	}
	return &m, nil
}

// Anchors are the heads of chains that the manifest vouches for.
func (m *Manifest) Anchors() (anchors []store.ChainHead) {
	if head, err := hex.DecodeString(m.Aside.Head); err == nil && len(head) == 32 {
		anchors = append(anchors, store.ChainHead{Origin: store.AsideChain, Links: m.Aside.Links, Head: wire.Hash(head)})
	}
	for _, t := range m.Terminals {
		origin, err1 := hex.DecodeString(t.Origin)
		head, err2 := hex.DecodeString(t.Head)
		if err1 != nil || err2 != nil || len(origin) != 16 || len(head) != 32 {
			continue // it has no responses
		}
		anchors = append(anchors, store.ChainHead{Origin: wire.Origin(origin), Links: t.Links, Head: wire.Hash(head)})
	}
	return anchors
}
