package wire

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"testing"
)

// RFC 9421, B.1.4: the key "test-key-ed25519".
const rfcKey = "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF"

// RFC 9421, B.2.6. The profile never covers @authority, so the test hands its value over as a header of that name.
func TestSignatureBaseGivesTheSignatureOfTheRFC(t *testing.T) {
	der, err := base64.StdEncoding.DecodeString(rfcKey)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, "https://example.com/foo?param=Value&Pet=dog", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = http.Header{
		"Date": {"Tue, 20 Apr 2021 02:07:55 GMT"}, "Content-Type": {"application/json"}, "Content-Length": {"18"},
		"@authority": {"example.com"},
	}
	components := []string{"date", "@method", "@path", "@authority", "content-type", "content-length"}
	params := "(" + quoted(components) + `);created=1618884473;keyid="test-key-ed25519"`
	base, err := signatureBase(req, components, params)
	if err != nil {
		t.Fatal(err)
	}
	const want = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
	got := base64.StdEncoding.EncodeToString(ed25519.Sign(parsed.(ed25519.PrivateKey), base))
	if got != want {
		t.Errorf("signature %s\nwant      %s\nof\n%s", got, want, base)
	}
}

// RFC 9421, 2.2.6 and 2.2.7: the values of @path and @query.
func TestPathAndQueryAreThoseOfTheRFC(t *testing.T) {
	for _, c := range []struct{ url, path, query string }{
		{"https://www.example.com/path?param=value&foo=bar&baz=bat%2Dman", "/path", "?param=value&foo=bar&baz=bat%2Dman"},
		{"https://www.example.com/path?queryString", "/path", "?queryString"},
		{"https://www.example.com/path", "/path", "?"},
		{"https://www.example.com", "/", "?"},
		{"https://www.example.com/a%2Fb/%D1%8F", "/a%2Fb/%D1%8F", "?"},
	} {
		req, err := http.NewRequest(http.MethodGet, c.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		path, _ := component(req, "@path")
		query, _ := component(req, "@query")
		if path != c.path || query != c.query {
			t.Errorf("%s: path %q, query %q; want %q, %q", c.url, path, query, c.path, c.query)
		}
	}
}
