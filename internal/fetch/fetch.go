// Package fetch is the home of go-getter: it brings pinned policies from other places into memory.
// go-getter reads the reference, chooses the getter, compares the checksum, unpacks and picks the folder;
// what speaks to servers and what writes files are our own getters, without credentials and with limits.
//
// It never runs what it fetched, and never returns files that were not compared with their pin.
package fetch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"sync"
	"time"

	getter "github.com/hashicorp/go-getter"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Limits bound what one reference may cost. All are needed.
type Limits struct {
	Time     time.Duration
	Download int64 // bytes of an archive, or that git writes
	Unpacked int64 // bytes that come out of an archive, wanted or not
	Entries  int   // files and folders looked at
	Files    int   // files kept
	File     int64 // bytes of one
	Total    int64 // bytes of all that are kept
}

// Standard limits: far above what policies need, far below what hurts.
func Standard() Limits {
	return Limits{Time: time.Minute, Download: 64 << 20, Unpacked: 256 << 20, Entries: 20000, Files: 500, File: 1 << 20, Total: 4 << 20}
}

// Options of a Fetcher.
type Options struct {
	Dir     string   // folder for temporary files; it is empty again afterwards
	Environ []string // proxies and certificate authorities are taken from it, nothing else
	Limits  Limits
}

// Fetcher fetches every reference once. Its methods may be called from several goroutines.
type Fetcher struct {
	o Options

	mu     sync.Mutex
	client *http.Client
	have   map[string][]mlgate.PolicyFile
}

var _ mlgate.Policies = (*Fetcher)(nil)

// New makes a Fetcher. It asks nobody for anything yet.
func New(o Options) *Fetcher { return &Fetcher{o: o, have: map[string][]mlgate.PolicyFile{}} }

// Load returns the .rego and .json files of a reference. What went wrong once is tried again with the
// next call.
func (f *Fetcher) Load(ctx context.Context, ref mlgate.RemotePolicy) ([]mlgate.PolicyFile, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if files, ok := f.have[ref.String()]; ok {
		return files, nil
	}
	limited, cancel := context.WithTimeoutCause(ctx, f.o.Limits.Time, fmt.Errorf("it did not end within %s", f.o.Limits.Time))
	defer cancel()
	files, err := f.load(limited, ref)
	if err != nil && limited.Err() != nil {
		err = context.Cause(limited)
	}
	if err != nil {
		return nil, fmt.Errorf("fetching the policy %q: %w", ref, err)
	}
	f.have[ref.String()] = files
	return files, nil
}

func (f *Fetcher) load(ctx context.Context, ref mlgate.RemotePolicy) (files []mlgate.PolicyFile, err error) {
	if f.client == nil {
		if f.client, err = newClient(f.o.Environ); err != nil {
			return nil, err
		}
	}
	tmp, err := os.MkdirTemp(f.o.Dir, "policy-")
	if err != nil {
		return nil, fmt.Errorf("making a temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	dst := filepath.Join(tmp, "files")
	c := &getter.Client{
		Ctx: ctx, Src: ref.String(), Dst: dst, Mode: getter.ClientModeAny, Umask: 0o077, DisableSymlinks: true,
		Detectors: []getter.Detector{}, Decompressors: map[string]getter.Decompressor{}, // nil would be all that go-getter has
	}
	repo := &gitGetter{ref: ref, o: f.o, tmp: tmp}
	if ref.Git {
		c.Getters = map[string]getter.Getter{"git": repo}
	} else {
		c.Getters = map[string]getter.Getter{"https": &fileGetter{ref: ref, limits: f.o.Limits, client: f.client}}
		tgz := &archive{sub: ref.Sub, limits: f.o.Limits}
		c.Decompressors["tar.gz"], c.Decompressors["tgz"] = tgz, tgz
	}
	if err := c.Get(); err != nil {
		return nil, cmp.Or(repo.failed, err)
	}
	return read(dst, f.o.Limits)
}

// read takes the files from the folder that go-getter left: regular ones only.
func read(dir string, limits Limits) ([]mlgate.PolicyFile, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	var files []mlgate.PolicyFile
	budget := budget{Limits: limits}
	err = fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s is no regular file", inert.Line(name))
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if err := budget.keep(name, info.Size()); err != nil {
			return err
		}
		data, err := root.ReadFile(filepath.FromSlash(name))
		files = append(files, mlgate.PolicyFile{Path: name, Data: data})
		return err
	})
	return files, errors.Join(err, root.Close())
}

// wanted tells what reaches the policy engine.
func wanted(name string) bool {
	ext := path.Ext(name)
	return ext == ".rego" || ext == ".json"
}

// budget counts what is kept.
type budget struct {
	Limits
	files int
	total int64
}

func (b *budget) keep(name string, size int64) error {
	b.files++
	b.total += size
	switch {
	case b.files > b.Files:
		return fmt.Errorf("there are more than %d files of policies", b.Files)
	case size > b.File:
		return fmt.Errorf("%s has %d bytes; at most %d are read", inert.Line(name), size, b.File)
	case b.total > b.Total:
		return fmt.Errorf("the files of policies have more than %d bytes", b.Total)
	case inert.Line(name) != name:
		return fmt.Errorf("the name %s holds characters that nobody sees", inert.Line(name))
	}
	return nil
}

// put writes one file below dir, with the folders it lies in. One of the same name is an error.
func put(dir, name string, data []byte) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	if err := root.MkdirAll(filepath.FromSlash(path.Dir(name)), 0o700); err != nil {
		return err
	}
	out, err := root.OpenFile(filepath.FromSlash(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return errors.Join(err, out.Close())
}
