package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/mlgate/mlgate/internal/bundle"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// writable finds, before steps run for hours, that their bundle could not be put there.
func writable(name string) error {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return &mlgate.Mistake{Err: fmt.Errorf("writing the bundle %q: it is a folder", name), Fix: "name a file: --out FILE"}
	}
	if _, err := os.Stat(filepath.Dir(name)); err != nil {
		return &mlgate.Mistake{Err: fmt.Errorf("writing the bundle %q: %w", name, err), Fix: "make its folder first, or name another file: --out FILE"}
	}
	return nil
}

func writeBundle(name string, all []mlgate.Bundle) error {
	pr, pw := io.Pipe()
	go func() { pw.CloseWithError(bundle.PackAll(pw, all)) }()
	data, err := io.ReadAll(pr)
	if err == nil {
		err = writeFile(name, data)
	}
	if err != nil {
		return fmt.Errorf("writing the bundle %q: %w", name, err)
	}
	return nil
}

// readBundle reads what another job left. An absent one is no mistake: it is waited for.
func (a *app) readBundle(name string) ([]mlgate.Bundle, error) {
	in, err := openRegular(a.path(name), bundle.MaxAll)
	if os.IsNotExist(err) {
		return nil, &mlgate.Waiting{Reason: fmt.Sprintf("there is no bundle at %q: did the job that runs the steps end, and was its bundle brought here?", name)}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the bundle: %w", err)
	}
	defer in.Close()
	b, err := bundle.UnpackAll(in)
	if err != nil {
		return nil, fmt.Errorf("reading the bundle %q: %w", name, err)
	}
	return b, nil
}

// openRegular opens a file of at most max bytes. Anything else than a file is refused before it is
// opened: opening a pipe waits for a writer, and nothing can end that.
func openRegular(name string, max int64) (*os.File, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &mlgate.Mistake{Err: fmt.Errorf("opening %q: it is no regular file", name), Fix: "name a file"}
	}
	if info.Size() > max {
		return nil, fmt.Errorf("opening %q: it has %d bytes, at most %d are read", name, info.Size(), max)
	}
	return os.Open(name)
}
