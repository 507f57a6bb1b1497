package wire

import (
	"crypto"
	"crypto/ed25519"
	"errors"
	"fmt"
)

// Context separates the kinds of signed messages, so that a signature on one never passes for another.
type Context string

// The contexts of what the collector signs.
const (
	ReceiptContext   Context = "otklik/v1/receipt"
	HeartbeatContext Context = "otklik/v1/heartbeat-reply"
	EnrolContext     Context = "otklik/v1/enrol-reply"
	OfferContext     Context = "otklik/v1/offer-reply"

	RevocationContext Context = "otklik/v1/revocation"
)

// ErrSignature says that a signature does not hold.
var ErrSignature = errors.New("signature does not hold")

// Signed is the envelope of what the collector says: the payload is an encoded message, the signature Ed25519ctx
// (RFC 8032) over it under the message's Context.
type Signed struct {
	Payload   []byte `cbor:"1,keyasint,omitempty"`
	Signature []byte `cbor:"2,keyasint,omitempty"`
}

// Sign encodes msg and puts it into an encoded Signed.
func Sign(ctx Context, key ed25519.PrivateKey, msg any) ([]byte, error) {
	payload, err := Encode(msg)
	if err != nil {
		return nil, err
	}
	signature, err := key.Sign(nil, payload, &ed25519.Options{Context: string(ctx), Hash: crypto.Hash(0)})
	if err != nil {
		return nil, fmt.Errorf("wire: sign %T: %w", msg, err)
	}
	return Encode(Signed{Payload: payload, Signature: signature})
}

// OpenSigned checks that data is a Signed whose signature by pub holds for ctx, and decodes its payload into msg. Nothing
// is written to msg before the signature held. Errors wrap ErrMalformed or ErrSignature.
func OpenSigned(ctx Context, pub ed25519.PublicKey, data []byte, msg any) error {
	var s Signed
	if err := Decode(data, &s); err != nil {
		return err
	}
	if len(pub) != ed25519.PublicKeySize {
		return fmt.Errorf("wire: open signed %T: a public key of %d bytes; enrol the terminal again", msg, len(pub))
	}
	if err := ed25519.VerifyWithOptions(pub, s.Payload, s.Signature, &ed25519.Options{Context: string(ctx)}); err != nil {
		return fmt.Errorf("wire: %T: %w under the pinned key; is the address right, or was the collector set up anew?",
			msg, ErrSignature)
	}
	return Decode(s.Payload, msg)
}

// OpenEnrolReply reads a Signed EnrolReply with the key that is inside it, after checking that the code was made for that
// key. Errors wrap ErrMalformed or ErrSignature.
func OpenEnrolReply(data []byte, code Code) (EnrolReply, error) {
	var s Signed
	if err := Decode(data, &s); err != nil {
		return EnrolReply{}, err
	}
	var reply EnrolReply
	if err := Decode(s.Payload, &reply); err != nil {
		return EnrolReply{}, err
	}
	if len(reply.SigningKey) != ed25519.PublicKeySize {
		return EnrolReply{}, fmt.Errorf("wire: enrol: %w: a signing key of %d bytes", ErrMalformed, len(reply.SigningKey))
	}
	if !code.Matches(reply.SigningKey) {
		return EnrolReply{}, fmt.Errorf("wire: enrol: %w: the code was not made by the collector that answered; "+
			"check the address and type the code again", ErrSignature)
	}
	var checked EnrolReply
	err := OpenSigned(EnrolContext, reply.SigningKey, data, &checked)
	return checked, err
}
