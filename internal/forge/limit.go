package forge

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// limited tells a rate limit from a missing right. GitHub answers both with 403; a secondary limit
// may come without any header, then its text says so.
// Source: docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
func limited(resp *http.Response) bool {
	switch {
	case resp.StatusCode == http.StatusTooManyRequests:
		return true
	case resp.StatusCode != http.StatusForbidden:
		return false
	case resp.Header.Get("Retry-After") != "", resp.Header.Get("X-RateLimit-Remaining") == "0":
		return true
	}
	return strings.Contains(strings.ToLower(peek(resp)), "rate limit")
}

// maxPeek is how much of an error is read to tell one 403 from another, in bytes.
const maxPeek = 8 << 10

// peek reads the beginning of an answer and puts it back.
func peek(resp *http.Response) string {
	head, _ := io.ReadAll(io.LimitReader(resp.Body, maxPeek)) // what cannot be read is no limit
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(strings.NewReader(string(head)), resp.Body), resp.Body}
	return string(head)
}

// limit says how long the server asks to wait: what it says, else until the hour's count starts anew,
// else a minute and twice that after each further refusal. The reset is measured by the server's own
// clock.
func limit(resp *http.Response, try int) (time.Duration, string) {
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s >= 0 {
		return time.Duration(min(s, maxAsked)) * time.Second, "GitHub's rate limit, which asks to wait"
	}
	if resp.Header.Get("X-RateLimit-Remaining") == "0" {
		reset, err := strconv.ParseInt(resp.Header.Get("X-RateLimit-Reset"), 10, 64)
		now, dateErr := http.ParseTime(resp.Header.Get("Date"))
		if err == nil && dateErr == nil {
			s := min(max(reset-now.Unix(), 0)+1, maxAsked)
			return time.Duration(s) * time.Second, "the requests of this hour are used up"
		}
	}
	return time.Minute << (try - 1), "GitHub's secondary rate limit"
}

// maxAsked is the longest wait that is understood, in seconds: none is that long.
const maxAsked = 24 * 60 * 60

// hopeless errors are the same however often one asks.
func hopeless(err error) bool {
	var cert *tls.CertificateVerificationError
	var dns *net.DNSError
	return errors.As(err, &cert) || errors.As(err, &dns) && dns.IsNotFound
}

// maxBody is the longest answer that is read, in bytes, unless a caller asked for more.
const maxBody = 32 << 20

type bodyKey struct{}

// upTo lets answers be as long as n bytes: for files.
func upTo(ctx context.Context, n int64) context.Context {
	return context.WithValue(ctx, bodyKey{}, n)
}

func bodyLimit(ctx context.Context) int64 {
	if n, ok := ctx.Value(bodyKey{}).(int64); ok {
		return n
	}
	return maxBody
}

// limitedBody ends an answer that has no end, and one that stops coming.
type limitedBody struct {
	io.ReadCloser
	left   int64
	timer  *time.Timer
	cancel context.CancelCauseFunc
}

func (b *limitedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errors.New("the answer is longer than the bytes that are read of it")
	}
	b.timer.Reset(maxSilent)
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

func (b *limitedBody) Close() error {
	b.timer.Stop()
	err := b.ReadCloser.Close()
	b.cancel(nil)
	return err
}
