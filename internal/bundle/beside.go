package bundle

import (
	"archive/tar"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// beside is the folder of what lies beside evidence: lists of inputs and of examples.
const beside = "beside/"

// putBeside packs what lies beside evidence, by name.
func putBeside(tw *tar.Writer, s *mlgate.Sealed) error {
	if s.Beside == nil {
		return nil
	}
	files, err := s.Beside(context.Background()) // of a run that just ended: nothing is fetched
	for _, name := range slices.Sorted(maps.Keys(files)) {
		err = errors.Join(err, put(tw, beside+name, files[name]))
	}
	return err
}

// withBeside takes what lies beside evidence out of the files, and compares it with what the evidence names.
func withBeside(s mlgate.Sealed, e mlgate.Evidence, files map[string][]byte) (*mlgate.Sealed, error) {
	there := mlgate.Files{}
	for name, data := range files {
		if short, is := strings.CutPrefix(name, beside); is {
			there[short] = data
			delete(files, name)
		}
	}
	if err := e.CheckBeside(there); err != nil {
		return nil, err
	}
	if len(there) > 0 {
		s.Beside = func(context.Context) (mlgate.Files, error) { return there, nil }
	}
	return &s, nil
}
