package agent

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/go-resty/resty/v2"

	"otklik/sync/wire"
)

// Bounds of one exchange.
const (
	requestTimeout  = time.Minute
	dialTimeout     = 10 * time.Second
	headerTimeout   = 40 * time.Second // from the last byte sent to the first received
	maxReplyBytes   = 1 << 20
	maxProblemBytes = 8 << 10
	nonceBytes      = 16
)

// client sends requests of the terminal interface and takes only replies that look like it. It follows no redirect,
// keeps no cookie, asks for no compression and tries nothing twice by itself.
type client struct {
	resty   *resty.Client
	address string
}

// NewTransport makes what an agent sends through when its Config names nothing else. It holds at most one idle connection
// and finds a proxy in the environment.
func NewTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   dialTimeout,
		ResponseHeaderTimeout: headerTimeout,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConnsPerHost:   1,
		DisableCompression:    true,
		ForceAttemptHTTP2:     true,
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, r *http.Response) error {
			if r.StatusCode != http.StatusOK {
				return &proxyRefusal{r.StatusCode}
			}
			return nil
		},
	}
}

func newClient(address, version string, transport http.RoundTripper, timeout time.Duration) *client {
	if transport == nil {
		transport = NewTransport()
	}
	if timeout == 0 {
		timeout = requestTimeout
	}
	r := resty.NewWithClient(&http.Client{Transport: transport})
	r.SetBaseURL(address).
		SetTimeout(timeout).
		SetRetryCount(0).
		SetRedirectPolicy(resty.RedirectPolicyFunc(func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse })).
		SetDoNotParseResponse(true). // resty would unpack codings nobody asked for; exchange reads the body itself
		SetLogger(quiet{}).
		SetHeader("User-Agent", "otklik-kiosk/"+version).
		SetHeader("Accept-Encoding", "identity")
	return &client{resty: r, address: address}
}

// quiet keeps resty from writing to standard error; what it has to say comes as errors too.
type quiet struct{}

func (quiet) Errorf(string, ...any) {}
func (quiet) Warnf(string, ...any)  {}
func (quiet) Debugf(string, ...any) {}

// signFor has every request signed by the terminal.
func (c *client) signFor(identity Identity, clock func() time.Time, random io.Reader) {
	if random == nil {
		random = rand.Reader
	}
	c.resty.SetPreRequestHook(func(_ *resty.Client, request *http.Request) error {
		var body []byte
		if request.GetBody != nil {
			copied, err := request.GetBody()
			if err != nil {
				return err
			}
			if body, err = io.ReadAll(copied); err != nil {
				return err
			}
		}
		var nonce [nonceBytes]byte
		if _, err := io.ReadFull(random, nonce[:]); err != nil {
			return fmt.Errorf("no randomness for a nonce: %w", err)
		}
		return wire.SignRequest(request, body, identity.Terminal, identity.Key,
			base64.RawURLEncoding.EncodeToString(nonce[:]), clock())
	})
}

// close lets go of idle connections.
func (c *client) close() { c.resty.GetClient().CloseIdleConnections() }

// post sends a message and returns the body of the reply, which must be of the wire's content type. Errors are Failures.
func (c *client) post(ctx context.Context, path string, body []byte) ([]byte, error) {
	request := c.resty.R().SetContext(ctx).SetHeader("Content-Type", wire.ContentType).SetBody(body)
	return c.exchange(request, http.MethodPost, path, wire.ContentType, maxReplyBytes)
}

// get fetches a body of any content type with at most most bytes. Errors are Failures.
func (c *client) get(ctx context.Context, path string, most int) ([]byte, error) {
	return c.exchange(c.resty.R().SetContext(ctx), http.MethodGet, path, "", most)
}

func (c *client) exchange(request *resty.Request, method, path, contentType string, most int) ([]byte, error) {
	response, err := request.Execute(method, path)
	if err != nil {
		return nil, transportFailure(c.address, err)
	}
	defer response.RawBody().Close()
	header := response.Header()
	coding := header.Get("Content-Encoding")
	plainBody := coding == "" || coding == "identity"
	if status := response.StatusCode(); status != http.StatusOK {
		var problem wire.Problem
		if plainBody {
			problem = readProblem(header, response.RawBody())
		}
		f := statusFailure(c.address, status, problem)
		if f.Reason == Unavailable {
			f.retryAfter = retryAfter(header.Get("Retry-After"), time.Now())
		}
		return nil, f
	}
	if !plainBody {
		return nil, &Failure{
			Reason: Encoded, Message: fmt.Sprintf("%s coded its reply by %.40q unasked", c.address, plain(coding)),
			Hint: "switch off compression in the proxy before the collector",
		}
	}
	got, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if contentType != "" && (err != nil || got != contentType) {
		return nil, &Failure{
			Reason: NotOurs, Message: fmt.Sprintf("%s answered with %q, not as a collector does", c.address, plain(header.Get("Content-Type"))),
			Hint: "check the address, and that the network asks for no log-in",
		}
	}
	return readReply(c.address, response.RawBody(), most)
}

func readReply(address string, body io.Reader, most int) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(body, int64(most)+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, &Failure{
			Reason: CutOff, Message: "the reply of " + address + " ended early", Hint: "check the network; it is asked again", cause: err,
		}
	case err != nil:
		return nil, transportFailure(address, err)
	case len(data) > most:
		return nil, &Failure{
			Reason: TooLarge, Message: fmt.Sprintf("the reply of %s has more than %d bytes", address, most),
			Hint: "check the address: a collector does not answer so",
		}
	}
	return data, nil
}

// readProblem returns what the collector said about a refusal; empty when it is not in the collector's way.
func readProblem(header http.Header, body io.Reader) wire.Problem {
	if got, _, err := mime.ParseMediaType(header.Get("Content-Type")); err != nil || got != "application/json" {
		return wire.Problem{}
	}
	data, err := io.ReadAll(io.LimitReader(body, maxProblemBytes))
	if err != nil {
		return wire.Problem{}
	}
	return parseProblem(data)
}

func parseProblem(data []byte) wire.Problem {
	var p wire.Problem
	if json.Unmarshal(data, &p) != nil {
		return wire.Problem{}
	}
	return wire.Problem{Code: plain(p.Code), Message: plain(p.Message), Hint: plain(p.Hint), Proof: p.Proof}
}

// retryAfter reads the header of that name (RFC 9110, section 10.2.3): seconds or a date. What makes no sense is 0, what
// is beyond the cap is the cap.
func retryAfter(value string, now time.Time) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		wait = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now)
	}
	return max(0, min(wait, backOffMost))
}
