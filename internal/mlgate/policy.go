package mlgate

import (
	"context"
	"path"
	"strings"
)

// RemotePolicy is a place outside of the repository that policies come from, pinned: the same value
// means the same bytes. Only package config makes one, from text that it checked.
type RemotePolicy struct {
	Git     bool   // a git repository; else a file: .tar.gz, .tgz or one .rego
	Address string // https://host/path, without user, query and escapes
	Sub     string // folder inside; empty: all of it
	Pin     string // full commit id, or the sha256 of the file, in lower case hex
}

// String is the reference as it stands in mlops.yaml.
func (r RemotePolicy) String() string {
	s := r.Address
	if r.Sub != "" {
		s += "//" + r.Sub
	}
	if r.Git {
		return "git::" + s + "?ref=" + r.Pin
	}
	return s + "?checksum=sha256:" + r.Pin
}

// Folder names where the files lie, for people: without scheme and pin.
func (r RemotePolicy) Folder() string {
	s := strings.TrimPrefix(r.Address, "https://")
	if r.Sub != "" {
		s += "//" + r.Sub
	}
	if !r.Git && path.Ext(r.Address) == ".rego" {
		s = path.Dir(s)
	}
	return s
}

// PolicyFile is one .rego or .json file. Path counts from the folder that the reference names.
type PolicyFile struct {
	Path string
	Data []byte
}

// Policies brings policies from outside of the repository.
type Policies interface {
	// Load returns the files of a reference, sorted by path, after comparing them with its pin. An
	// error means that nobody knows what they say: it is never a reason to go on without them.
	Load(ctx context.Context, ref RemotePolicy) ([]PolicyFile, error)
}
