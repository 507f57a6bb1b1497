package wire

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"slices"
	"sync"
)

// Packed bytes are the JSON deflated against the glossary, a 0x80 and zeros up to the next multiple of packBlock, so that
// the length of a sealed record says little about the answers.
const (
	packBlock   = 32
	maxUnpacked = 256 << 10
	padMark     = 0x80

	maxGlossary       = 16 << 10
	maxSealedGlossary = 12 << 10
)

// packer packs and unpacks the bodies of one session. It may be used by several goroutines.
type packer struct {
	glossary []byte
	writers  sync.Pool
}

func newPacker(glossary []byte) (*packer, error) {
	if len(glossary) > maxGlossary {
		return nil, fmt.Errorf("wire: a glossary of %d bytes, at most %d; Glossary cuts it to size", len(glossary), maxGlossary)
	}
	return &packer{glossary: slices.Clone(glossary)}, nil
}

func (p *packer) pack(data []byte) ([]byte, error) {
	if len(data) > maxUnpacked {
		return nil, fmt.Errorf("an answer of %d bytes, at most %d", len(data), maxUnpacked)
	}
	var out bytes.Buffer
	w, _ := p.writers.Get().(*flate.Writer)
	if w != nil {
		w.Reset(&out)
	} else {
		var err error
		if w, err = flate.NewWriterDict(&out, 6, p.glossary); err != nil {
			return nil, err
		}
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	p.writers.Put(w)
	return pad(out.Bytes()), nil
}

func (p *packer) unpack(packed []byte) ([]byte, error) {
	packed, err := unpad(packed)
	if err != nil {
		return nil, err
	}
	in := bytes.NewReader(packed)
	r := flate.NewReaderDict(in, p.glossary)
	data, err := io.ReadAll(io.LimitReader(r, maxUnpacked+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: packed bytes: %w", ErrMalformed, err)
	case len(data) > maxUnpacked:
		return nil, fmt.Errorf("%w: packed bytes: more than %d bytes inside", ErrMalformed, maxUnpacked)
	case in.Len() > 0:
		return nil, fmt.Errorf("%w: packed bytes: %d bytes after the end", ErrMalformed, in.Len())
	}
	return data, nil
}

func pad(data []byte) []byte {
	data = append(data, padMark)
	return append(data, make([]byte, (packBlock-len(data)%packBlock)%packBlock)...)
}

func unpad(data []byte) ([]byte, error) {
	end := bytes.LastIndexByte(data, padMark)
	if end < 0 || len(data)%packBlock != 0 || len(data)-end > packBlock || len(bytes.Trim(data[end+1:], "\x00")) > 0 {
		return nil, fmt.Errorf("%w: packed bytes: the padding is not right", ErrMalformed)
	}
	return data[:end], nil
}

// packGlossary packs a glossary for its session.
func packGlossary(glossary []byte) ([]byte, error) {
	plain, err := newPacker(nil)
	if err != nil {
		return nil, err
	}
	packed, err := plain.pack(glossary)
	if err == nil && len(packed)+tagBytes > maxSealedGlossary {
		err = fmt.Errorf("wire: a glossary packed to %d bytes, at most %d", len(packed), maxSealedGlossary-tagBytes)
	}
	return packed, err
}

func unpackGlossary(packed []byte) ([]byte, error) {
	plain, err := newPacker(nil)
	if err != nil {
		return nil, err
	}
	return plain.unpack(packed)
}
