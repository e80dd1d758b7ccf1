package fetch

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	getter "github.com/hashicorp/go-getter"

	"github.com/mlgate/mlgate/internal/inert"
)

// archive unpacks a .tar.gz: the wanted regular files of one folder. go-getter's own decompressor
// would write everything, and make empty files of symlinks.
type archive struct {
	sub    string
	limits Limits
}

var _ getter.Decompressor = (*archive)(nil)

// Decompress writes the files below dst, at their place in the archive.
func (a *archive) Decompress(dst, src string, _ bool, _ os.FileMode) error {
	if err := os.MkdirAll(dst, 0o700); err != nil {
		return err
	}
	in, err := os.Open(src)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	plain, err := gzip.NewReader(in)
	if err != nil {
		return fmt.Errorf("unpacking: it is no gzip file: %w", err)
	}
	budget := budget{Limits: a.limits}
	entries := tar.NewReader(&tap{from: plain, left: a.limits.Unpacked, limit: a.limits.Unpacked})
	for n := 0; ; n++ {
		h, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("unpacking: %w", err)
		}
		if n >= a.limits.Entries {
			return fmt.Errorf("unpacking: there are more than %d files and folders", a.limits.Entries)
		}
		if err := a.entry(dst, h, entries, &budget); err != nil {
			return fmt.Errorf("unpacking: %w", err)
		}
	}
}

func (a *archive) entry(dst string, h *tar.Header, content io.Reader, budget *budget) error {
	if h.Typeflag == tar.TypeXGlobalHeader {
		return nil
	}
	name := strings.TrimSuffix(strings.TrimPrefix(h.Name, "./"), "/")
	if name == "" {
		return nil
	}
	if !fs.ValidPath(name) || strings.Contains(name, `\`) {
		return fmt.Errorf("an entry is named %q, which leads elsewhere", inert.Clip(h.Name, 200))
	}
	if inside := strings.HasPrefix(name, a.sub+"/") || a.sub == ""; !inside {
		return nil
	}
	switch h.Typeflag {
	case tar.TypeDir:
		return nil
	case tar.TypeReg:
	default:
		return fmt.Errorf("%s is a link or a device; none may lie among policies", inert.Line(path.Clean(name)))
	}
	if !wanted(name) {
		return nil
	}
	if err := budget.keep(name, h.Size); err != nil {
		return err
	}
	data, err := io.ReadAll(io.LimitReader(content, budget.File+1))
	if err != nil {
		return err
	}
	return put(dst, name, data)
}

// tap lets so many bytes through: a few kilobytes may unpack to terabytes.
type tap struct {
	from        io.Reader
	left, limit int64
}

func (t *tap) Read(p []byte) (int, error) {
	if t.left <= 0 {
		return 0, fmt.Errorf("it has more than %d bytes", t.limit)
	}
	n, err := t.from.Read(p[:min(int64(len(p)), t.left)])
	t.left -= int64(n)
	return n, err
}
