// Package unzip takes single files out of zip archives of strangers, in memory. It writes nothing anywhere, and
// no name in an archive is used as a path.
package unzip

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
)

// Archive is the list of what stands in an archive.
type Archive struct{ files []*zip.File }

// Starts recognises an archive that holds something by its first bytes.
func Starts(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }

// Open reads the list of entries. To find and read it takes at most max bytes: a list may be far longer than
// what it is a list of.
func Open(data []byte, max int64) (Archive, error) {
	reader := &budget{Reader: bytes.NewReader(data), left: max}
	z, err := zip.NewReader(reader, int64(len(data)))
	if err != nil {
		return Archive{}, fmt.Errorf("not a whole zip: %w", err)
	}
	reader.left = math.MaxInt64 // of the content, Read has its own limit
	return Archive{z.File}, nil
}

// Names lists the entries as the archive does.
func (a Archive) Names() []string {
	names := make([]string, len(a.files))
	for i, f := range a.files {
		names[i] = f.Name
	}
	return names
}

// Read unpacks one regular file of at most max bytes, and verifies its checksum. Two of that name are an error.
func (a Archive) Read(name string, max int64) ([]byte, error) {
	var f *zip.File
	for _, other := range a.files {
		switch {
		case other.Name != name:
		case f != nil:
			return nil, fmt.Errorf("%q stands in it twice", name)
		default:
			f = other
		}
	}
	switch {
	case f == nil:
		return nil, fmt.Errorf("it holds no %q", name)
	case !f.Mode().IsRegular():
		return nil, fmt.Errorf("%q is no regular file", name)
	case f.Flags&1 != 0:
		return nil, fmt.Errorf("%q is encrypted", name)
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return nil, fmt.Errorf("%q is packed in a way (%d) that mlgate does not read", name, f.Method)
	case f.UncompressedSize64 > uint64(max):
		return nil, fmt.Errorf("%q has %d bytes unpacked, at most %d are read", name, f.UncompressedSize64, max)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("unpacking %q: %w", name, err)
	}
	out, err := io.ReadAll(io.LimitReader(r, max+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return nil, fmt.Errorf("unpacking %q: %w", name, err)
	}
	if int64(len(out)) > max {
		return nil, fmt.Errorf("%q has more than %d bytes unpacked", name, max)
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
