package agent

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// A terminal without a way of its own reaches its collector through a neighbour by CONNECT (RFC 9110, section 9.3.6), and
// speaks TLS with the collector itself: the neighbour passes bytes that it can neither read nor change.

// tunnelIdle is after how long without a byte a tunnel is given up; terminals beat every minute.
const tunnelIdle = 3 * time.Minute

// connect asks what listens at a HOST:PORT for a connection with another.
func connect(ctx context.Context, at, target string, header http.Header) (_ net.Conn, err error) {
	conn, err := (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext(ctx, "tcp", at)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer func() {
		if !stop() && err == nil {
			err = ctx.Err()
		}
		if err != nil {
			conn.Close()
		}
	}()
	if err := conn.SetDeadline(time.Now().Add(dialTimeout)); err != nil {
		return nil, err
	}
	request := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: target}, Host: target, Header: header}
	if err := request.Write(conn); err != nil {
		return nil, err
	}
	from := bufio.NewReader(io.LimitReader(conn, maxProblemBytes))
	reply, err := http.ReadResponse(from, request)
	if err != nil {
		return nil, err
	}
	if reply.StatusCode != http.StatusOK {
		defer reply.Body.Close()
		return nil, statusFailure(at, reply.StatusCode, readProblem(reply.Header, reply.Body))
	}
	if from.Buffered() > 0 {
		return nil, fmt.Errorf("malformed HTTP: %s speaks before it is asked", at)
	}
	return conn, conn.SetDeadline(time.Time{})
}

// dialVia is a transport's DialContext that leads through a neighbour.
func dialVia(via string) func(ctx context.Context, network, target string) (net.Conn, error) {
	return func(ctx context.Context, _, target string) (net.Conn, error) {
		conn, err := connect(ctx, via, target, http.Header{})
		var refused *Failure
		if err != nil && ctx.Err() == nil && !errors.As(err, &refused) {
			return nil, &Failure{
				Reason: NotReached, Message: "the neighbour " + via + " was not reached: " + plain(err.Error()),
				Hint: "is it running, with --relay-listen, and does its --relay-for name this terminal?", cause: err,
			}
		}
		return conn, err
	}
}

// dialOut is the way to a collector as the environment says: straight, or through its proxy.
func dialOut(collector string) func(ctx context.Context, network, target string) (net.Conn, error) {
	return func(ctx context.Context, network, target string) (net.Conn, error) {
		to, err := url.Parse(collector)
		if err != nil {
			return nil, err
		}
		proxy, err := http.ProxyFromEnvironment(&http.Request{URL: to})
		switch {
		case err != nil:
			return nil, err
		case proxy == nil:
			return (&net.Dialer{Timeout: dialTimeout, KeepAlive: 30 * time.Second}).DialContext(ctx, network, target)
		case proxy.Scheme != "http":
			return nil, fmt.Errorf("a relay leads through proxies with http:// alone, not %s", proxy.Scheme)
		}
		at, header := proxy.Host, http.Header{}
		if proxy.Port() == "" {
			at = net.JoinHostPort(proxy.Hostname(), "80")
		}
		if password, known := proxy.User.Password(); known {
			probe := http.Request{Header: http.Header{}}
			probe.SetBasicAuth(proxy.User.Username(), password)
			header.Set("Proxy-Authorization", probe.Header.Get("Authorization"))
		}
		return connect(ctx, at, target, header)
	}
}

// pass carries bytes both ways until one side ends or nothing comes for a while.
func pass(ctx context.Context, a, b net.Conn) {
	defer context.AfterFunc(ctx, func() { a.Close(); b.Close() })()
	carry := func(from, to net.Conn) {
		defer a.Close()
		defer b.Close()
		for buffer := make([]byte, 32<<10); ; {
			if from.SetReadDeadline(time.Now().Add(tunnelIdle)) != nil {
				return
			}
			n, err := from.Read(buffer)
			if n > 0 && to.SetWriteDeadline(time.Now().Add(tunnelIdle)) == nil {
				if _, err := to.Write(buffer[:n]); err != nil {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}
	done := make(chan struct{})
	go func() { defer close(done); carry(a, b) }()
	carry(b, a)
	<-done
}
