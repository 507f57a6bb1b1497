package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/rand"
	"encoding/binary"

	"github.com/google/uuid"

	"otklik/sync/wire"
)

// forge seals whatever it is given for a collector, by code of its own: a terminal's program seals sound answers only.
type forge struct {
	origin  wire.Origin
	version byte
	session wire.Session
	aead    cipher.AEAD
	nonce   uint64
}

func newForge(public []byte, origin wire.Origin, version byte) (*forge, error) {
	f := &forge{origin: origin, version: version}
	key := make([]byte, 32)
	rand.Read(key)
	rand.Read(f.session.ID[:])
	kem := hpke.DHKEM(ecdh.X25519())
	to, err := kem.NewPublicKey(public)
	if err != nil {
		return nil, err
	}
	enc, sender, err := hpke.NewSender(to, hpke.HKDFSHA256(), hpke.ExportOnly(), append([]byte("otklik/v1/session"), f.data()...))
	if err != nil {
		return nil, err
	}
	wrapping, err := sender.Export("otklik/v1/record key", len(key))
	if err != nil {
		return nil, err
	}
	wrap, err := gcm(wrapping)
	if err != nil {
		return nil, err
	}
	f.session.Enc = wrap.Seal(enc, make([]byte, 12), key, nil)
	if f.aead, err = gcm(key); err != nil {
		return nil, err
	}
	f.session.Glossary = f.aead.Seal(nil, nonce(1, 0), padded(deflated(nil)), f.data())
	return f, nil
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func nonce(purpose uint32, counter uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(nil, purpose), counter)
}

// padded fills up to whole blocks of 32 bytes.
func padded(data []byte) []byte {
	data = append(data, 0x80)
	return append(data, make([]byte, (32-len(data)%32)%32)...)
}

// data is what a session is bound to.
func (f *forge) data() []byte {
	return append(append([]byte{f.version}, f.origin[:]...), f.session.ID[:]...)
}

// seal seals a content, packed as it is.
func (f *forge) seal(seq uint64, id uuid.UUID, content []byte) wire.Record {
	packed := append(binary.AppendUvarint([]byte{10 << 4}, uint64(len(content))), content...)
	return f.sealPacked(seq, id, padded(append(packed, 0)))
}

// sealPacked seals what is to be unpacked.
func (f *forge) sealPacked(seq uint64, id uuid.UUID, packed []byte) wire.Record {
	f.nonce++
	r := wire.Record{Seq: seq, AnswerID: id, Session: f.session.ID, Nonce: f.nonce}
	bound := append([]byte{f.version}, f.origin[:]...)
	bound = binary.BigEndian.AppendUint64(bound, seq)
	bound = append(append(bound, id[:]...), r.Session[:]...)
	r.Sealed = f.aead.Seal(nil, nonce(0, r.Nonce), packed, bound)
	return r
}

// save puts a forged record into the outbox as a thanked answer.
func (h *hand) save(f *forge, seal func(seq uint64, id uuid.UUID) wire.Record) (wire.Record, error) {
	id := uuid.Must(uuid.NewV7())
	var made wire.Record
	_, err := h.box.Append(id, f.session, func(seq uint64) (wire.Record, error) {
		made = seal(seq, id)
		return made, nil
	})
	h.w.forged[id] = true
	if err == nil {
		err = h.w.thanked(id)
	}
	if err == nil {
		err = h.look()
	}
	return made, err
}
