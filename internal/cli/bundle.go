package cli

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

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
	if info, err := os.Stat(a.path(name)); err == nil && info.IsDir() {
		return a.readBundles(name)
	}
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

// bundleEnding is how the names of bundles in a folder end.
const bundleEnding = ".bundle"

// readBundles reads what the jobs of a matrix left: every *.bundle of a folder and of the folders in it,
// where each artifact is unpacked into one of its own. Together they are bounded like one.
func (a *app) readBundles(dir string) ([]mlgate.Bundle, error) {
	files, err := bundleFiles(a.path(dir))
	if err != nil {
		return nil, fmt.Errorf("reading the bundles in %q: %w", dir, err)
	}
	if len(files) == 0 {
		return nil, &mlgate.Waiting{Reason: fmt.Sprintf("there is no bundle in %q (a file that ends in %s): did the jobs that run the steps end, and were their bundles brought here?", dir, bundleEnding)}
	}
	all := newGathering()
	for _, file := range files {
		some, err := a.readBundle(filepath.Join(dir, file))
		if err != nil {
			return nil, err
		}
		if err := all.add(file, some); err != nil {
			return nil, fmt.Errorf("reading the bundles in %q: %w", dir, err)
		}
	}
	return all.bundles, nil
}

// gathering is what the jobs of a matrix left.
type gathering struct {
	bundles []mlgate.Bundle
	from    map[string]string // by model
}

func newGathering() *gathering { return &gathering{from: map[string]string{}} }

// add takes the bundles of one job. A model stands in all of them once.
func (g *gathering) add(from string, some []mlgate.Bundle) error {
	for _, b := range some {
		if other, twice := g.from[b.Model]; twice {
			return fmt.Errorf("%q and %q are both of model %q, and only one can count; nothing was judged", other, from, b.Model)
		}
		if len(g.bundles) == bundle.MaxModels {
			return fmt.Errorf("with %q they hold more than %d models", from, bundle.MaxModels)
		}
		g.from[b.Model] = from
		g.bundles = append(g.bundles, b)
	}
	return nil
}

// bundleFiles names the bundles below a folder. Links are not followed.
func bundleFiles(dir string) ([]string, error) {
	var files []string
	size, seen := int64(0), 0
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		if seen++; seen > maxEntries {
			return fmt.Errorf("it has more than %d files", maxEntries)
		}
		if e.IsDir() && strings.Count(rel, string(filepath.Separator)) > 1 {
			return fs.SkipDir
		}
		if e.IsDir() || !strings.HasSuffix(rel, bundleEnding) {
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%q is no regular file", rel)
		}
		if size += info.Size(); size > bundle.MaxAll {
			return fmt.Errorf("its bundles have more than %d bytes together", bundle.MaxAll)
		}
		files = append(files, rel)
		return nil
	})
	return files, err
}

// maxEntries is how many files and folders are looked at in a folder of bundles.
const maxEntries = 10_000

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
