package wire

import (
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// A file of receipts is the collector's answer to a bundle: one of the two magics, then pieces, each after its length in
// four bytes, big endian. The pieces are receipts as Sign wrote them. After ReceiptsMagic2 a piece comes before them: the
// Successions, as Encode writes them, by which a terminal that nobody but the courier reaches follows the collector to
// newer keys.
const (
	ReceiptsMagic  = "otklik-receipts/1\n"
	ReceiptsMagic2 = "otklik-receipts/2\n"
)

// ReceiptsWriter writes a file of receipts.
type ReceiptsWriter struct{ to io.Writer }

// NewReceiptsWriter begins a file. chain is that of Successions; where it is empty, older terminals read the file too.
func NewReceiptsWriter(to io.Writer, chain [][]byte) (*ReceiptsWriter, error) {
	w := &ReceiptsWriter{to}
	if len(chain) == 0 {
		_, err := io.WriteString(to, ReceiptsMagic)
		return w, err
	}
	all, err := Encode(Successions{Chain: chain})
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(to, ReceiptsMagic2); err != nil {
		return nil, err
	}
	return w, w.Add(all)
}

// Add adds a signed receipt.
func (w *ReceiptsWriter) Add(signed []byte) error {
	_, err := w.to.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(signed))), signed...))
	return err
}

// ReadReceipts calls yield for each receipt in a file that one of the trusted keys signed, or one that the first of them
// is succeeded by, and stops at the first error of yield. It returns how the collector went from the first trusted key to
// the present one, nothing where the file says nothing of it. Errors wrap ErrNoBundle, ErrCutOff, ErrSignature or
// ErrMalformed; what came before holds.
func ReadReceipts(from io.Reader, trusted []ed25519.PublicKey, yield func(Receipt) error) (steps []Succession, err error) {
	magic := make([]byte, len(ReceiptsMagic))
	if _, err := io.ReadFull(from, magic); err != nil || string(magic) != ReceiptsMagic && string(magic) != ReceiptsMagic2 {
		return nil, fmt.Errorf("wire: %w and no answer to one either; is it the file that collector accept --receipt wrote?", ErrNoBundle)
	}
	trusted = slices.Clone(trusted)
	if string(magic) == ReceiptsMagic2 {
		if steps, err = readSuccessions(from, trusted); err != nil {
			return nil, err
		}
		for _, s := range steps {
			trusted = append(trusted, s.SigningKey)
		}
	}
	for {
		signed, err := readPiece(from)
		if errors.Is(err, io.EOF) {
			return steps, nil
		}
		var receipt Receipt
		if err == nil {
			receipt, err = openReceipt(signed, trusted)
		}
		if err == nil {
			err = yield(receipt)
		}
		if err != nil {
			return steps, err
		}
	}
}

// readSuccessions follows the keys that a file tells of. That none follows the trusted one is no error: it may be the
// present one.
func readSuccessions(from io.Reader, trusted []ed25519.PublicKey) ([]Succession, error) {
	piece, err := readPiece(from)
	if errors.Is(err, io.EOF) {
		err = fmt.Errorf("wire: receipts: %w", ErrCutOff)
	}
	var all Successions
	if err == nil {
		err = Decode(piece, &all)
	}
	if err != nil || len(trusted) == 0 {
		return nil, err
	}
	steps, err := all.Follow(trusted[0])
	if errors.Is(err, ErrSignature) {
		return nil, nil
	}
	return steps, err
}

// readPiece returns io.EOF at the file's end.
func readPiece(from io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(from, head[:]); errors.Is(err, io.EOF) {
		return nil, io.EOF
	} else if err != nil {
		return nil, fmt.Errorf("wire: receipts: %w", ErrCutOff)
	}
	n := binary.BigEndian.Uint32(head[:])
	if n > MaxBodyBytes {
		return nil, fmt.Errorf("wire: receipts: %w: one of %d bytes", ErrMalformed, n)
	}
	piece := make([]byte, n)
	if _, err := io.ReadFull(from, piece); err != nil {
		return nil, fmt.Errorf("wire: receipts: %w", ErrCutOff)
	}
	return piece, nil
}

func openReceipt(signed []byte, trusted []ed25519.PublicKey) (r Receipt, err error) {
	err = fmt.Errorf("wire: receipts: %w: no key is trusted", ErrSignature)
	for _, key := range trusted {
		if err = OpenSigned(ReceiptContext, key, signed, &r); !errors.Is(err, ErrSignature) {
			break
		}
	}
	return r, err
}
