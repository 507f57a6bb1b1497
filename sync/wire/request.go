package wire

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// A terminal's requests carry a Content-Digest (RFC 9530, sha-256) and one signature (RFC 9421, Ed25519). The profile is
// fixed: one label, one list of components, one order of parameters. Covered are method, path, query, digest and, with a
// body, content type; not scheme and authority, which a proxy that ends TLS changes.
//
// It is written out here because the library for RFC 9421 stamps "created" with its own clock and brings four JOSE modules
// into the terminal; the tests hold this code to the RFC's vectors and to that library.
const (
	signatureLabel = "otklik"
	signatureTag   = "otklik-terminal"
)

var (
	bodyComponents   = []string{"@method", "@path", "@query", "content-digest", "content-type"}
	noBodyComponents = bodyComponents[:4]

	signatureInput = regexp.MustCompile(`^` + signatureLabel + `=(\(("[a-z@ "-]+)\);created=-?[0-9]{1,15}` +
		`;nonce="[0-9A-Za-z_-]{1,64}";tag="` + signatureTag + `";keyid="([0-9a-f-]{36})")$`)
	signatureValue = regexp.MustCompile(`^` + signatureLabel + `=:([0-9A-Za-z+/=]{1,128}):$`)
	nonceForm      = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)
)

// ErrUnsigned says that a request is not signed by a terminal, or its signature does not hold.
var ErrUnsigned = errors.New("request signature does not hold")

// SignRequest signs a request whose body is body, setting Content-Digest, Signature-Input and Signature. With a body the
// Content-Type must be set before. nonce is 1 to 64 characters of A–Z a–z 0–9 _ -.
func SignRequest(req *http.Request, body []byte, terminal uuid.UUID, key ed25519.PrivateKey, nonce string,
	now time.Time,
) error {
	if !nonceForm.MatchString(nonce) {
		return fmt.Errorf("wire: sign request: nonce %q; it takes 1 to 64 of A–Z a–z 0–9 _ -", nonce)
	}
	req.Header.Set("Content-Digest", contentDigest(body))
	components := requestComponents(body)
	params := fmt.Sprintf(`(%s);created=%d;nonce="%s";tag="%s";keyid="%s"`,
		quoted(components), now.Unix(), nonce, signatureTag, terminal)
	base, err := signatureBase(req, components, params)
	if err != nil {
		return fmt.Errorf("wire: sign request: %w", err)
	}
	req.Header.Set("Signature-Input", signatureLabel+"="+params)
	req.Header.Set("Signature",
		signatureLabel+"=:"+base64.StdEncoding.EncodeToString(ed25519.Sign(key, base))+":")
	return nil
}

// VerifyRequest checks that body is the body the terminal it returns signed this request with. lookup gives a terminal's
// key; its error is passed on. The terminal's clock is not judged: what requests carry counts once however late it comes.
// All other errors wrap ErrUnsigned.
func VerifyRequest(req *http.Request, body []byte, lookup func(uuid.UUID) (ed25519.PublicKey, error),
) (uuid.UUID, error) {
	bad := func(format string, args ...any) (uuid.UUID, error) {
		return uuid.Nil, fmt.Errorf("wire: %w: %s", ErrUnsigned, fmt.Sprintf(format, args...))
	}
	input, err := single(req.Header, "Signature-Input")
	if err != nil {
		return bad("%v", err)
	}
	value, err := single(req.Header, "Signature")
	if err != nil {
		return bad("%v", err)
	}
	in, sig := signatureInput.FindStringSubmatch(input), signatureValue.FindStringSubmatch(value)
	if in == nil || sig == nil {
		return bad("Signature-Input or Signature is not in the form terminals write")
	}
	components := requestComponents(body)
	if in[2] != quoted(components) {
		return bad("it covers %s, not %s", in[2], quoted(components))
	}
	if digest, err := single(req.Header, "Content-Digest"); err != nil || digest != contentDigest(body) {
		return bad("the body does not fit Content-Digest; it was changed or cut on the way")
	}
	signature, err := base64.StdEncoding.DecodeString(sig[1])
	if err != nil {
		return bad("the signature is not base64")
	}
	terminal, err := uuid.Parse(in[3])
	if err != nil {
		return bad("keyid %q is no terminal's name", in[3])
	}
	base, err := signatureBase(req, components, in[1])
	if err != nil {
		return bad("%v", err)
	}
	pub, err := lookup(terminal)
	if err != nil {
		return uuid.Nil, err
	}
	if len(pub) != ed25519.PublicKeySize || !ed25519.Verify(pub, base, signature) {
		return bad("not signed with the key of terminal %s", terminal)
	}
	return terminal, nil
}

func requestComponents(body []byte) []string {
	if len(body) == 0 {
		return noBodyComponents
	}
	return bodyComponents
}

// signatureBase is the text that is signed (RFC 9421, section 2.5). params is the value of @signature-params.
func signatureBase(req *http.Request, components []string, params string) ([]byte, error) {
	var base bytes.Buffer
	for _, name := range components {
		value, err := component(req, name)
		if err != nil {
			return nil, err
		}
		base.WriteString(strconv.Quote(name) + ": " + value + "\n")
	}
	base.WriteString(`"@signature-params": ` + params)
	return base.Bytes(), nil
}

// component is the value of one component (RFC 9421, sections 2.1 and 2.2).
func component(req *http.Request, name string) (string, error) {
	switch name {
	case "@method":
		if req.Method == "" {
			return http.MethodGet, nil
		}
		return req.Method, nil
	case "@path":
		if path := req.URL.EscapedPath(); path != "" {
			return path, nil
		}
		return "/", nil
	case "@query":
		return "?" + req.URL.RawQuery, nil
	}
	values := req.Header.Values(name)
	if len(values) == 0 {
		return "", fmt.Errorf("the header %s is missing", http.CanonicalHeaderKey(name))
	}
	trimmed := make([]string, len(values))
	for i, v := range values {
		trimmed[i] = strings.TrimSpace(v)
	}
	return strings.Join(trimmed, ", "), nil
}

func contentDigest(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

func quoted(components []string) string { return `"` + strings.Join(components, `" "`) + `"` }

func single(h http.Header, name string) (string, error) {
	values := h.Values(name)
	if len(values) != 1 {
		return "", fmt.Errorf("%d %s headers, not 1", len(values), name)
	}
	return strings.TrimSpace(values[0]), nil
}
