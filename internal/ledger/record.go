package ledger

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
)

var commitID = pattern.Lazy(`^[0-9a-f]{40}([0-9a-f]{24})?$`)

// restore is what to do about a ledger that somebody or something damaged.
const restore = "; restore the reference (a clone or backup has it)"

// head of a record file: the envelope, and what the body must be.
type fileHead struct {
	Format int             `json:"format"`
	SHA256 mlgate.Digest   `json:"sha256"`
	Env    mlgate.Envelope `json:"envelope"`
	Inputs string          `json:"inputs,omitempty"` // commit that holds the list of inputs; format 2
}

func (l *gitLog) record(kind mlgate.Kind, tree mlgate.Tree, file string) (mlgate.Sealed, error) {
	data, err := tree.ReadFile(file)
	if err != nil {
		return mlgate.Sealed{}, err
	}
	s, inputs, err := parseRecord(kind, data)
	if err == nil && inputs != "" {
		s.Beside = func(ctx context.Context) (mlgate.Files, error) { return l.beside(ctx, inputs) }
	}
	return s, err
}

// parseRecord reads a record's file: whoever may push to the ledger may have written it.
func parseRecord(kind mlgate.Kind, data []byte) (s mlgate.Sealed, inputs string, err error) {
	line, body, ok := bytes.Cut(data, []byte("\n"))
	var h fileHead
	if err := json.Unmarshal(line, &h); err != nil || !ok {
		return s, "", fmt.Errorf("the record is damaged: %w%s", cmp.Or(err, errIf(!ok, "it has no body")), restore)
	}
	if h.Format != 1 && h.Format != 2 {
		if h.Format < 1 {
			return s, "", fmt.Errorf("the record is damaged: format %d is none%s", h.Format, restore)
		}
		return s, "", fmt.Errorf("the record has format %d: a newer mlgate wrote it; use that one", h.Format)
	}
	if got := mlgate.DigestOf(body); got != h.SHA256 {
		return s, "", fmt.Errorf("the record is damaged: its content hashes to %s, it says %s%s", got.Short(), h.SHA256.Short(), restore)
	}
	if (h.Format == 2) != (h.Inputs != "") || h.Inputs != "" && !commitID().MatchString(h.Inputs) {
		return s, "", fmt.Errorf("the record is damaged: %q is no commit of a list of inputs%s", h.Inputs, restore)
	}
	return mlgate.Sealed{Kind: kind, Digest: h.SHA256, Body: body, Envelope: h.Env}, h.Inputs, nil
}

func errIf(is bool, text string) error {
	if is {
		return errors.New(text)
	}
	return nil
}
