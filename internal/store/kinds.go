// Package store keeps the bytes of artifacts by digest, so that what was judged can be fetched again.
//
// It never decides what is worth keeping.
package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Options are what a store may need. Dir is the folder of kind dir.
type Options struct {
	Repo *git.Repo
	Dir  string
	Now  func() time.Time
}

// kinds are the stores that `artifact: {store: …}` can name: one row and one file each.
var kinds = []struct {
	name string
	open func(Options) (mlgate.Store, error)
}{
	{"git", func(o Options) (mlgate.Store, error) { return gitStore{o.Repo, o.Now}, nil }},
	{"dir", openDir},
}

// Open finds a store by its kind.
func Open(kind string, o Options) (mlgate.Store, error) {
	var names []string
	for _, k := range kinds {
		if k.name == kind {
			return k.open(o)
		}
		names = append(names, k.name)
	}
	return nil, &mlgate.Mistake{Err: fmt.Errorf("opening a store of kind %q: there is none", kind), Fix: "one of " + strings.Join(names, ", ")}
}

var hexDigest = regexp.MustCompile(`^[0-9a-f]{64}$`)

func check(d mlgate.Digest) error {
	if !hexDigest.MatchString(string(d)) {
		return fmt.Errorf("%q is no sha256", d)
	}
	return nil
}

// same compares bytes with the digest that they are kept under.
func same(d mlgate.Digest, data []byte) error {
	sum := sha256.Sum256(data)
	if got := mlgate.Digest(hex.EncodeToString(sum[:])); got != d {
		return fmt.Errorf("its content hashes to %s, its name says %s", got.Short(), d.Short())
	}
	return nil
}
