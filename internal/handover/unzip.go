package handover

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/mlgate/mlgate/internal/wire/unzip"
)

// maxDirectory is how much of an archive is read to find what stands in it, in bytes: the list of one
// file, and the search for it, need far less.
const maxDirectory = 256 << 10

// Unzip takes the one file out of an archive, in memory, of at most max bytes. An archive of an artifact
// holds one regular file with a bare name, and nothing else; whatever differs is refused.
func Unzip(data []byte, max int64) ([]byte, error) {
	archive, err := unzip.Open(data, maxDirectory)
	if err != nil {
		return nil, err
	}
	names := archive.Names()
	if len(names) != 1 {
		return nil, fmt.Errorf("it holds %d entries, and a bundle is one file", len(names))
	}
	if name := names[0]; !fs.ValidPath(name) || strings.ContainsAny(name, "/\\:\x00") || len(name) > 255 || name == "." {
		return nil, fmt.Errorf("the name %q is not that of a file", name)
	}
	return archive.Read(names[0], max)
}
