package wire

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
)

// A bundle is what a courier carries of a terminal that has no way to its collector: BundleMagic, then frames. A frame is
// a kind (one byte), the length of its payload (four bytes, big endian), the payload as Encode writes it, and the
// terminal's Ed25519ctx signature under BundleContext over SHA-256(header payload), the number of the frame (eight bytes,
// big endian), its kind and SHA-256(payload). The first frame is a BundleHeader, then come Batches, the last is a
// BundleEnd. Records are sealed, so a bundle tells whoever finds it how many there are, and nothing else. Each frame
// stands alone: of a bundle that was cut off or damaged, every whole frame still counts.
const BundleMagic = "otklik-bundle/1\n"

// BundleContext separates a terminal's signatures on frames from those on requests.
const BundleContext Context = "otklik/v1/bundle"

// The kinds of frames.
const (
	bundleHeader byte = 'H'
	bundleBatch  byte = 'B'
	bundleEnd    byte = 'E'
)

// BundleHeader says whose bundle it is.
type BundleHeader struct {
	Terminal uuid.UUID `cbor:"1,keyasint,omitzero"`
	Made     time.Time `cbor:"2,keyasint,omitzero"`  // by the terminal's clock
	Version  string    `cbor:"3,keyasint,omitempty"` // of the kiosk program
	// Origin is that of the outbox, also when nothing waits in it; zero from programs before it was told.
	Origin Origin `cbor:"4,keyasint,omitzero"`
	// Escrow is Heartbeat's, for a terminal that sends none.
	Escrow EscrowMark `cbor:"5,keyasint,omitzero"`
}

// BundleEnd closes a bundle, so that a missing piece shows.
type BundleEnd struct {
	Batches uint64 `cbor:"1,keyasint,omitzero"`
	Records uint64 `cbor:"2,keyasint,omitzero"`
}

// Errors of reading bundles; compare with errors.Is.
var (
	// ErrNoBundle says that the file is something else.
	ErrNoBundle = errors.New("no bundle of a terminal")
	// ErrCutOff says that a bundle ends before its end. What was read before it is whole.
	ErrCutOff = errors.New("the bundle was cut off")
	// ErrFrame says that one frame is damaged or was changed. The next one may be whole: go on with Next.
	ErrFrame = errors.New("a piece of the bundle is damaged")
)

// BundleWriter writes a bundle. Batches of several origins may be in one.
type BundleWriter struct {
	to     io.Writer
	key    ed25519.PrivateKey
	header Hash
	frames uint64
	end    BundleEnd
}

// NewBundleWriter begins a bundle, signed by the terminal's key.
func NewBundleWriter(to io.Writer, key ed25519.PrivateKey, header BundleHeader) (*BundleWriter, error) {
	if len(key) != ed25519.PrivateKeySize || header.Terminal == uuid.Nil {
		return nil, errors.New("wire: a bundle needs the name and the key of a terminal")
	}
	w := &BundleWriter{to: to, key: key}
	header.Made = header.Made.UTC()
	payload, err := Encode(header)
	if err == nil {
		w.header = sha256.Sum256(payload)
		_, err = io.WriteString(to, BundleMagic)
	}
	if err == nil {
		err = w.frame(bundleHeader, payload)
	}
	if err != nil {
		return nil, fmt.Errorf("wire: begin a bundle: %w", err)
	}
	return w, nil
}

// Batch adds a batch, which must be valid.
func (w *BundleWriter) Batch(b Batch) error {
	if err := b.Validate(); err != nil {
		return err
	}
	payload, err := Encode(b)
	if err == nil && len(payload) > MaxBodyBytes {
		err = fmt.Errorf("a batch of %d bytes, at most %d", len(payload), MaxBodyBytes)
	}
	if err == nil {
		err = w.frame(bundleBatch, payload)
	}
	if err != nil {
		return fmt.Errorf("wire: bundle: %w", err)
	}
	w.end.Batches++
	w.end.Records += uint64(len(b.Records))
	return nil
}

// Close ends the bundle; it does not close what it writes to.
func (w *BundleWriter) Close() error {
	payload, err := Encode(w.end)
	if err == nil {
		err = w.frame(bundleEnd, payload)
	}
	if err != nil {
		return fmt.Errorf("wire: end a bundle: %w", err)
	}
	return nil
}

// Records is how many records are in the bundle so far.
func (w *BundleWriter) Records() int { return int(w.end.Records) }

func (w *BundleWriter) frame(kind byte, payload []byte) error {
	signature, err := w.key.Sign(nil, frameSigned(w.header, w.frames, kind, payload), &ed25519.Options{Context: string(BundleContext)})
	if err != nil {
		return err
	}
	w.frames++
	head := binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(payload)))
	for _, part := range [][]byte{head, payload, signature} {
		if _, err := w.to.Write(part); err != nil {
			return err
		}
	}
	return nil
}

func frameSigned(header Hash, number uint64, kind byte, payload []byte) []byte {
	sum := sha256.Sum256(payload)
	return append(append(binary.BigEndian.AppendUint64(append([]byte(nil), header[:]...), number), kind), sum[:]...)
}

// BundleReader reads a bundle piece by piece, in memory that does not grow with it.
type BundleReader struct {
	Header BundleHeader
	// End is what the bundle says at its end; known once Next returned io.EOF.
	End BundleEnd

	from io.Reader
	key  ed25519.PublicKey
	// vouched says that somebody vouches for the file: its signatures are not looked at.
	vouched bool
	header  Hash
	frames  uint64
}

// NewBundleReader begins to read; key finds the public key of the terminal that the bundle names. Errors wrap ErrNoBundle,
// ErrCutOff, ErrSignature, or are those of key.
func NewBundleReader(from io.Reader, key func(terminal uuid.UUID) (ed25519.PublicKey, error)) (*BundleReader, error) {
	r := &BundleReader{from: from}
	kind, payload, signature, err := r.begin()
	if err != nil {
		return nil, err
	}
	if r.key, err = key(r.Header.Terminal); err != nil {
		return nil, err
	}
	if err := r.check(kind, payload, signature); err != nil {
		return nil, fmt.Errorf("wire: bundle: %w of terminal %s; was the file changed, or the terminal enrolled anew?",
			ErrSignature, r.Header.Terminal)
	}
	r.frames++
	return r, nil
}

// NewVouchedBundleReader begins to read a bundle of a terminal whose key nobody has any more. Whoever brings it vouches for
// it: no signature is looked at, and what was changed shows only where a seal does not open. Errors wrap ErrNoBundle or
// ErrCutOff.
func NewVouchedBundleReader(from io.Reader) (*BundleReader, error) {
	r := &BundleReader{from: from, vouched: true}
	if _, _, _, err := r.begin(); err != nil {
		return nil, err
	}
	r.frames++
	return r, nil
}

// begin reads the header, which counts once its signature was looked at.
func (r *BundleReader) begin() (kind byte, payload, signature []byte, err error) {
	magic := make([]byte, len(BundleMagic))
	if _, err := io.ReadFull(r.from, magic); err != nil || string(magic) != BundleMagic {
		return 0, nil, nil, fmt.Errorf("wire: %w: it does not begin as one; is it the file that kiosk rescue wrote?", ErrNoBundle)
	}
	if kind, payload, signature, err = r.read(); err != nil {
		return 0, nil, nil, err
	}
	if err := Decode(payload, &r.Header); err != nil || kind != bundleHeader || r.Header.Terminal == uuid.Nil {
		return 0, nil, nil, fmt.Errorf("wire: %w: its first piece names no terminal", ErrNoBundle)
	}
	r.header = sha256.Sum256(payload)
	return kind, payload, signature, nil
}

// Next returns the next batch and its payload. The error is io.EOF after the end of a whole bundle, wraps ErrCutOff where
// it ends earlier, and ErrFrame for a piece that does not count, after which Next may be called again.
func (r *BundleReader) Next() (Batch, []byte, error) {
	kind, payload, signature, err := r.read()
	if err != nil {
		return Batch{}, nil, err
	}
	err = r.check(kind, payload, signature)
	r.frames++
	if err != nil {
		return Batch{}, nil, err
	}
	switch kind {
	case bundleBatch:
		b, err := DecodeBatch(payload)
		if err != nil {
			return Batch{}, nil, fmt.Errorf("wire: piece %d: %w: %w", r.frames-1, ErrFrame, err)
		}
		return b, payload, nil
	case bundleEnd:
		if err := Decode(payload, &r.End); err != nil {
			return Batch{}, nil, fmt.Errorf("wire: piece %d: %w: %w", r.frames-1, ErrFrame, err)
		}
		return Batch{}, nil, io.EOF
	}
	return Batch{}, nil, fmt.Errorf("wire: piece %d: %w: it is of the unknown kind %q", r.frames-1, ErrFrame, kind)
}

// read takes a frame as it lies there.
func (r *BundleReader) read() (kind byte, payload, signature []byte, err error) {
	cut := func(err error) error {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("wire: piece %d: %w", r.frames, ErrCutOff)
		}
		return fmt.Errorf("wire: piece %d of the bundle: %w", r.frames, err)
	}
	head := make([]byte, 5)
	if _, err := io.ReadFull(r.from, head); err != nil {
		return 0, nil, nil, cut(err)
	}
	n := binary.BigEndian.Uint32(head[1:])
	if n > MaxBodyBytes {
		return 0, nil, nil, fmt.Errorf("wire: piece %d: %w: it says that it has %d bytes; nothing after it can be read",
			r.frames, ErrCutOff, n)
	}
	rest := make([]byte, int(n)+ed25519.SignatureSize)
	if _, err := io.ReadFull(r.from, rest); err != nil {
		return 0, nil, nil, cut(err)
	}
	return head[0], rest[:n], rest[n:], nil
}

func (r *BundleReader) check(kind byte, payload, signature []byte) error {
	if r.vouched {
		return nil
	}
	if len(r.key) != ed25519.PublicKeySize || ed25519.VerifyWithOptions(r.key, frameSigned(r.header, r.frames, kind, payload),
		signature, &ed25519.Options{Context: string(BundleContext)}) != nil {
		return fmt.Errorf("wire: piece %d: %w: %w", r.frames, ErrFrame, ErrSignature)
	}
	return nil
}
