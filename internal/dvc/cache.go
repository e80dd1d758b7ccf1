// Package dvc reads what DVC keeps outside of git: files by the md5 of their content, in the cache of a
// clone or in a remote that is a folder.
//
// It runs no DVC, asks no server and writes nothing.
package dvc

import (
	"bytes"
	"crypto/md5" //nolint:gosec // DVC names content by it; nothing is trusted for it
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
)

// Cache is what DVC keeps for one clone. Its zero value has nothing.
type Cache struct {
	root  string              // of the work tree
	known map[string][]string // folders to look into, by root of DVC
}

// Open finds the caches of a work tree.
func Open(root string) *Cache { return &Cache{root: root, known: map[string][]string{}} }

var name = pattern.Lazy(`^[0-9a-f]{32}(\.dir)?$`)

// Read returns the content with this md5, which is compared; old says that DVC before 3 wrote the md5. dir is
// the folder, relative to the root, of the file that names it: the nearest .dvc above is asked. ErrNotFound:
// it is neither in the cache nor in a remote that is a folder. ErrTooLarge: it has more than limit bytes.
func (c *Cache) Read(dir, sum string, old bool, limit int64) ([]byte, error) {
	if c == nil || !name().MatchString(sum) {
		return nil, fmt.Errorf("looking for the md5 %q: %w", sum, mlgate.ErrNotFound)
	}
	file := filepath.Join("files", "md5", sum[:2], sum[2:])
	if old {
		file = filepath.Join(sum[:2], sum[2:])
	}
	for _, folder := range c.folders(dir) {
		data, err := read(filepath.Join(folder, file), limit)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err == nil && !matches(data, sum, old) {
			err = errors.New("its content has another md5: the cache is damaged")
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s of DVC's cache: %w", sum, err)
		}
		return data, nil
	}
	return nil, fmt.Errorf("looking for the md5 %s: %w", sum, mlgate.ErrNotFound)
}

func matches(data []byte, sum string, old bool) bool {
	sum = strings.TrimSuffix(sum, ".dir")
	is := func(b []byte) bool {
		got := md5.Sum(b) //nolint:gosec // as above
		return hex.EncodeToString(got[:]) == sum
	}
	return is(data) || old && is(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")))
}

func read(file string, limit int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	if at, err := f.Stat(); err != nil || !at.Mode().IsRegular() {
		return nil, errors.Join(err, errors.New("it is no regular file"))
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, fmt.Errorf("%w: more than %d bytes", mlgate.ErrTooLarge, limit)
	}
	return data, err
}

// folders are where to look: the cache, then the remotes that are folders, that of `core.remote` first.
func (c *Cache) folders(dir string) []string {
	for at := path.Clean(dir); ; at = path.Dir(at) {
		home := filepath.Join(c.root, filepath.FromSlash(at), ".dvc")
		if info, err := os.Stat(home); err == nil && info.IsDir() {
			if c.known[home] == nil {
				c.known[home] = places(home)
			}
			return c.known[home]
		}
		if at == "." || at == "/" {
			return nil
		}
	}
}

// maxConfig is the largest configuration that is read, in bytes.
const maxConfig = 1 << 20

// places reads DVC's configuration: what is local beats what is committed.
func places(home string) []string {
	settings := map[string]string{}
	for _, file := range []string{"config", "config.local"} {
		if data, err := read(filepath.Join(home, file), maxConfig); err == nil {
			parse(string(data), settings)
		}
	}
	cache := filepath.Join(home, "cache")
	if d := settings["cache.dir"]; d != "" {
		cache = local(home, d)
	}
	first := "remote." + settings["core.remote"] + ".url"
	var urls []string
	for key := range settings {
		if strings.HasPrefix(key, "remote.") && strings.HasSuffix(key, ".url") && key != first {
			urls = append(urls, key)
		}
	}
	slices.Sort(urls)
	out := []string{cache}
	for _, key := range append([]string{first}, urls...) {
		if u := settings[key]; u != "" && !strings.Contains(u, "://") && !scp().MatchString(u) {
			out = append(out, local(home, u))
		}
	}
	return out
}

// scp is an address of SSH without a scheme.
var scp = pattern.Lazy(`^[^/]+@[^/]+:`)

func local(home, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(home, filepath.FromSlash(name))
}

// section is [core] or ['remote "name"'].
var section = pattern.Lazy(`^\[\s*'?\s*([a-z]+)(?:\s+"([^"]*)")?\s*'?\s*\]$`)

func parse(text string, into map[string]string) {
	prefix := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if m := section().FindStringSubmatch(line); m != nil {
			prefix = m[1] + "."
			if m[2] != "" {
				prefix += m[2] + "."
			}
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if ok && !strings.HasPrefix(line, "#") {
			into[prefix+strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
}
