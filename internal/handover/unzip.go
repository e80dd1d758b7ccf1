package handover

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"strings"
)

// maxDirectory is how much of an archive is read to find what stands in it, in bytes: the list of one
// file, and the search for it, need far less.
const maxDirectory = 256 << 10

// Unzip takes the one file out of an archive, in memory, of at most max bytes. An archive of an artifact
// holds one regular file with a bare name, and nothing else; whatever differs is refused.
func Unzip(data []byte, max int64) ([]byte, error) {
	reader := &budget{Reader: bytes.NewReader(data), left: maxDirectory}
	z, err := zip.NewReader(reader, int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("not a whole zip: %w", err)
	}
	if len(z.File) != 1 {
		return nil, fmt.Errorf("it holds %d entries, and a bundle is one file", len(z.File))
	}
	f := z.File[0]
	switch {
	case !fs.ValidPath(f.Name) || strings.ContainsAny(f.Name, "/\\:\x00") || len(f.Name) > 255 || f.Name == ".":
		return nil, fmt.Errorf("the name %q is not that of a file", f.Name)
	case !f.Mode().IsRegular():
		return nil, fmt.Errorf("%q is no regular file", f.Name)
	case f.Flags&1 != 0:
		return nil, fmt.Errorf("%q is encrypted", f.Name)
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return nil, fmt.Errorf("%q is packed in a way (%d) that mlgate does not read", f.Name, f.Method)
	case f.UncompressedSize64 > uint64(max):
		return nil, fmt.Errorf("%q has %d bytes unpacked, at most %d are read", f.Name, f.UncompressedSize64, max)
	}
	reader.left = math.MaxInt64
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("unpacking %q: %w", f.Name, err)
	}
	out, err := io.ReadAll(io.LimitReader(r, max+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, fmt.Errorf("unpacking %q: %w", f.Name, err)
	}
	if int64(len(out)) > max {
		return nil, fmt.Errorf("%q has more than %d bytes unpacked", f.Name, max)
	}
	return out, nil
}

// budget ends reading that a hostile list of entries would make long.
type budget struct {
	*bytes.Reader
	left int64
}

func (b *budget) ReadAt(p []byte, off int64) (int, error) {
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, errors.New("its list of entries is longer than any that is read")
	}
	return b.Reader.ReadAt(p, off)
}
