package git

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// A remote that takes the call and never says a word is given up, and it is said what was asked.
func TestSilentRemote(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	for _, scheme := range []string{"git", "http"} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			r, err := Open(t.Context(), Options{Dir: t.TempDir(), Remote: scheme + "://" + l.Addr().String() + "/x", Now: time.Now, Env: os.Environ()})
			if err != nil {
				t.Fatal(err)
			}
			r.patience = time.Second
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			_, err = r.RemoteRefs(ctx)
			if !errors.Is(err, errNoAnswer) || !strings.Contains(err.Error(), "it did not answer within 1s") {
				t.Errorf("asked for its references: %v", err)
			}
			if scheme == "git" {
				return // there git itself has no limit
			}
			if err := r.Fetch(ctx, strings.Repeat("1", 40)); !errors.Is(err, errNoAnswer) {
				t.Errorf("asked for a commit: %v", err)
			}
		})
	}
}
