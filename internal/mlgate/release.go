package mlgate

import "context"

// MaxReleaseBody is how long the text of a release may be, in UTF-16 code units.
const MaxReleaseBody = 65000

// Release is what a forge shows of one version, under its tag.
type Release struct {
	Tag    string // of the version, which is there
	Name   string // for people
	Body   string // Markdown, at most MaxReleaseBody
	File   string // name of the report that is attached
	Report []byte
}

// Releases keeps them. Each is made once, and seen only when its report is attached.
type Releases interface {
	// Release makes one. One of that tag that is there, whoever made it, stays as it is; one that was left
	// half-made is completed.
	Release(ctx context.Context, r Release) error
}
