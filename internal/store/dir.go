package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// dirStore keeps artifacts as files <model>/<sha256> of a folder that whoever runs mlgate names. The
// change has no say in where it is.
type dirStore struct{ dir string }

func openDir(o Options) (mlgate.Store, error) {
	if o.Dir == "" {
		return nil, &mlgate.Mistake{Err: errors.New("opening the store: `store: dir` needs a folder, and MLGATE_STORE names none"), Fix: "set MLGATE_STORE to a folder that every job sees"}
	}
	return dirStore{o.Dir}, nil
}

func name(model string, d mlgate.Digest) string {
	return path.Join(strings.ReplaceAll(model, "/", "%2F"), string(d))
}

func (s dirStore) open(d mlgate.Digest) (*os.Root, error) {
	if err := check(d); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, fmt.Errorf("opening the store %q: %w", s.dir, err)
	}
	return root, nil
}

// Has looks for the file.
func (s dirStore) Has(_ context.Context, model string, d mlgate.Digest) (bool, error) {
	root, err := s.open(d)
	if err != nil {
		return false, err
	}
	defer root.Close()
	_, err = root.Lstat(name(model, d))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Put writes the file as a whole, under its own name only when it is complete.
func (s dirStore) Put(ctx context.Context, model string, d mlgate.Digest, data []byte) error {
	if err := same(d, data); err != nil {
		return fmt.Errorf("storing an artifact of %s: %w", model, err)
	}
	if has, err := s.Has(ctx, model, d); has || err != nil {
		return err
	}
	root, err := s.open(d)
	if err != nil {
		return err
	}
	defer root.Close()
	final := name(model, d)
	part := fmt.Sprintf("%s.%d.part", final, os.Getpid())
	err = root.MkdirAll(path.Dir(final), 0o755)
	if err == nil {
		err = root.WriteFile(part, data, 0o644)
	}
	if err == nil {
		err = root.Rename(part, final)
	}
	if err != nil {
		return fmt.Errorf("storing an artifact of %s in %q: %w", model, s.dir, errors.Join(err, ignoreAbsent(root.Remove(part))))
	}
	return nil
}

func ignoreAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Get reads the file and hashes it again.
func (s dirStore) Get(_ context.Context, model string, d mlgate.Digest) ([]byte, error) {
	root, err := s.open(d)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	data, err := root.ReadFile(name(model, d))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("artifact %s of %s: %w", d.Short(), model, mlgate.ErrNotFound)
	case err == nil:
		err = same(d, data)
	}
	if err != nil {
		return nil, fmt.Errorf("reading artifact %s of %s: %w", d.Short(), model, err)
	}
	return data, nil
}

// Prune deletes files that are neither kept nor younger than before.
func (s dirStore) Prune(_ context.Context, model string, keep []mlgate.Digest, before time.Time) error {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return fmt.Errorf("opening the store %q: %w", s.dir, err)
	}
	defer root.Close()
	folder := path.Dir(name(model, "x"))
	entries, err := fs.ReadDir(root.FS(), folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("clearing artifacts of %s: %w", model, err)
	}
	for _, e := range entries {
		d := mlgate.Digest(e.Name())
		info, err := e.Info()
		if err != nil || check(d) != nil || slices.Contains(keep, d) || !info.ModTime().Before(before) {
			continue
		}
		if err := root.Remove(path.Join(folder, e.Name())); err != nil {
			return fmt.Errorf("clearing artifacts of %s: %w", model, err)
		}
	}
	return nil
}
