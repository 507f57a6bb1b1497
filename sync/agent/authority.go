package agent

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"

	"otklik/sync/wire"
)

// maxAuthorityBytes bounds a certificate in PEM.
const maxAuthorityBytes = 64 << 10

// fetchAuthority returns, in PEM, the certificate that an invitation names by its SHA-256: as the server shows it in the
// handshake, or else as the collector serves it. Nothing is told to whoever answers, and nothing he says counts but by that
// hash. Errors are Failures.
func fetchAuthority(ctx context.Context, address, version string, want wire.Hash) (string, error) {
	var found []byte
	transport := NewTransport()
	transport.TLSClientConfig = &tls.Config{
		MinVersion: tls.VersionTLS12, InsecureSkipVerify: true,
		VerifyConnection: func(c tls.ConnectionState) error {
			for _, shown := range c.PeerCertificates {
				if sha256.Sum256(shown.Raw) == want {
					found = shown.Raw
				}
			}
			return nil
		},
	}
	client := newClient(address, version, transport, 0)
	defer client.close()
	served, err := client.get(ctx, wire.PathAuthority, maxAuthorityBytes)
	if found == nil && err == nil {
		if block, _ := pem.Decode(served); block != nil && sha256.Sum256(block.Bytes) == want {
			found = block.Bytes
		}
	}
	if _, parsed := x509.ParseCertificate(found); found != nil && parsed == nil {
		return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: found})), nil
	}
	if err != nil && asFailure(err).status == 0 { // nobody answered, or not as a web server does
		return "", err
	}
	return "", &Failure{
		Reason: Untrusted, Message: fmt.Sprintf("%s neither shows nor serves the certificate authority of the invitation, %.16s…", address, want),
		Hint: "check who answers there, and that the collector serves it: collector serve --ca FILE; or give it here: kiosk enrol --ca FILE",
	}
}
