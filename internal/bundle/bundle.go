// Package bundle is what job 1 hands to job 2: one tar of evidence. Packing trusts its input;
// unpacking treats every byte as hostile.
//
// It never holds a verdict.
package bundle

import (
	"archive/tar"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
)

// Limits of a bundle.
const (
	maxEntries = 8 // bundle.json, evidence, artifact, inputs, tables of examples
	maxBody    = 32 << 20
	maxBlob    = 50 << 20
	maxTotal   = 256 << 20
	maxText    = 4096
	maxSteps   = 1000
	maxMetrics = mlgate.MaxMetrics
	maxFiles   = mlgate.MaxInputs
)

const indexName = "bundle.json"

// index is bundle.json.
type index struct {
	Format   int              `json:"format"` // 1
	Commit   string           `json:"commit"`
	Tree     string           `json:"tree"`
	Model    string           `json:"model"`
	Recipe   mlgate.Digest    `json:"recipe"`
	Steps    []mlgate.StepRun `json:"steps,omitempty"`
	Evidence mlgate.Digest    `json:"evidence,omitempty"`
	Problem  string           `json:"problem,omitempty"`
	Skipped  string           `json:"skipped,omitempty"`
	Blob     mlgate.Digest    `json:"blob,omitempty"`
}

// Pack writes a bundle; the same bundle gives the same bytes.
func Pack(w io.Writer, b mlgate.Bundle) error {
	ix := index{Format: 1, Commit: b.Commit, Tree: b.Tree, Model: b.Model, Recipe: b.Recipe, Steps: b.Steps, Problem: clip(b.Problem), Skipped: clip(b.Skipped)}
	if b.Evidence != nil {
		ix.Evidence = b.Evidence.Digest
	}
	if b.Artifact != nil {
		ix.Blob = mlgate.DigestOf(b.Artifact)
	}
	head, err := json.Marshal(ix)
	if err != nil {
		return fmt.Errorf("packing the bundle: %w", err)
	}
	tw := tar.NewWriter(w)
	err = put(tw, indexName, head)
	if err == nil && b.Evidence != nil {
		err = errors.Join(put(tw, evidenceName(ix.Evidence), b.Evidence.Body), putBeside(tw, b.Evidence))
	}
	if err == nil && b.Artifact != nil {
		err = put(tw, blobName(ix.Blob), b.Artifact)
	}
	if err = errors.Join(err, tw.Close()); err != nil {
		return fmt.Errorf("packing the bundle: %w", err)
	}
	return nil
}

// clip cuts where a character ends: half of one would come back as more bytes than it went in.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "?")
	if len(s) <= maxText {
		return s
	}
	end := maxText
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

func evidenceName(d mlgate.Digest) string { return "evidence/" + string(d) + ".json" }

func blobName(d mlgate.Digest) string { return "blob/" + string(d) }

func put(tw *tar.Writer, name string, data []byte) error {
	h := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: int64(len(data)), ModTime: time.Unix(0, 0), Format: tar.FormatUSTAR}
	if err := tw.WriteHeader(h); err != nil {
		return err
	}
	_, err := tw.Write(data)
	return err
}

// Unpack reads a bundle. It is refused unless it is small, holds exactly the files it may hold, once
// each, and its evidence is what bundle.json says: digest, model, recipe, commit, tree, steps.
func Unpack(r io.Reader) (mlgate.Bundle, error) {
	files, err := unpack(r)
	if err != nil {
		return mlgate.Bundle{}, fmt.Errorf("unpacking: %w", err)
	}
	head, ok := files[indexName]
	if !ok {
		return mlgate.Bundle{}, fmt.Errorf("unpacking: it holds no %s: is it a bundle that `mlgate run` wrote?", indexName)
	}
	var ix index
	if err := strict(head, &ix); err != nil {
		return mlgate.Bundle{}, fmt.Errorf("unpacking %s: %w", indexName, err)
	}
	if err := ix.check(); err != nil {
		return mlgate.Bundle{}, fmt.Errorf("unpacking %s: %w", indexName, err)
	}
	b := mlgate.Bundle{Commit: ix.Commit, Tree: ix.Tree, Model: ix.Model, Recipe: ix.Recipe, Steps: ix.Steps, Problem: ix.Problem, Skipped: ix.Skipped}
	delete(files, indexName)
	if ix.Evidence != "" {
		name := evidenceName(ix.Evidence)
		body, ok := files[name]
		if !ok {
			return mlgate.Bundle{}, fmt.Errorf("unpacking: %s names evidence that is not there", indexName)
		}
		delete(files, name)
		if b.Evidence, err = ix.evidence(body, files); err != nil {
			return mlgate.Bundle{}, fmt.Errorf("unpacking the evidence: %w", err)
		}
	}
	if ix.Blob != "" {
		if b.Artifact, err = ix.artifact(files, b.Evidence); err != nil {
			return mlgate.Bundle{}, fmt.Errorf("unpacking the artifact: %w", err)
		}
		delete(files, blobName(ix.Blob))
	}
	if len(files) > 0 {
		return mlgate.Bundle{}, fmt.Errorf("unpacking: it holds %d files that no bundle has", len(files))
	}
	return b, nil
}

func unpack(r io.Reader) (map[string][]byte, error) {
	files := map[string][]byte{}
	tr := tar.NewReader(io.LimitReader(r, maxTotal))
	for {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, fmt.Errorf("not a whole tar: %w", err)
		}
		_, twice := files[h.Name]
		switch {
		case h.Typeflag != tar.TypeReg:
			return nil, fmt.Errorf("%q is no regular file", h.Name)
		case twice:
			return nil, fmt.Errorf("%q stands in it twice", h.Name)
		case h.Size > limit(h.Name):
			return nil, fmt.Errorf("%q has %d bytes, at most %d are read", h.Name, h.Size, limit(h.Name))
		case len(files) >= maxEntries:
			return nil, fmt.Errorf("it holds more than %d files", maxEntries)
		}
		if files[h.Name], err = io.ReadAll(tr); err != nil {
			return nil, fmt.Errorf("reading %q: %w", h.Name, err)
		}
	}
}

func limit(name string) int64 {
	if strings.HasPrefix(name, "blob/") {
		return maxBlob
	}
	return maxBody
}

var (
	hexDigest = pattern.Lazy(`^[0-9a-f]{64}$`)
	hexCommit = pattern.Lazy(`^[0-9a-f]{40}([0-9a-f]{24})?$`)
	stepName  = pattern.Lazy(`^[a-zA-Z0-9][a-zA-Z0-9/_-]{0,99}$`)
)

// check looks at everything that later becomes part of a name or a message.
func (ix index) check() error {
	switch {
	case ix.Format != 1:
		return fmt.Errorf("format %d is not one that this mlgate reads", ix.Format)
	case !hexCommit().MatchString(ix.Commit) || !hexCommit().MatchString(ix.Tree):
		return errors.New("commit or tree is no object id")
	case !stepName().MatchString(ix.Model):
		return errors.New("the model's name is none")
	case !hexDigest().MatchString(string(ix.Recipe)):
		return errors.New("the recipe is no digest")
	case ix.Blob != "" && !hexDigest().MatchString(string(ix.Blob)):
		return errors.New("the blob is no digest")
	case ix.Evidence != "" && !hexDigest().MatchString(string(ix.Evidence)):
		return errors.New("the evidence is no digest")
	case len(ix.Steps) > maxSteps || len(ix.Problem) > maxText || len(ix.Skipped) > maxText:
		return errors.New("it is larger than any bundle")
	}
	for _, s := range ix.Steps {
		if !stepName().MatchString(s.Name) || len(s.Why) > maxText {
			return errors.New("a step's name or reason is none")
		}
	}
	return nil
}

// artifact is what the evidence says was written, byte for byte.
func (ix index) artifact(files map[string][]byte, sealed *mlgate.Sealed) ([]byte, error) {
	data, ok := files[blobName(ix.Blob)]
	switch {
	case !ok:
		return nil, fmt.Errorf("%s names bytes that are not there", indexName)
	case sealed == nil:
		return nil, errors.New("there is no evidence that it belongs to")
	case mlgate.DigestOf(data) != ix.Blob:
		return nil, fmt.Errorf("its digest is %s, its name says %s", mlgate.DigestOf(data).Short(), ix.Blob.Short())
	}
	var e mlgate.Evidence
	if err := sealed.Decode(&e); err != nil {
		return nil, err
	}
	if e.Artifact == nil || e.Artifact.SHA256 != ix.Blob {
		return nil, errors.New("the evidence is about other bytes")
	}
	return data, nil
}

func (ix index) evidence(body []byte, files map[string][]byte) (*mlgate.Sealed, error) {
	if got := mlgate.DigestOf(body); got != ix.Evidence {
		return nil, fmt.Errorf("its digest is %s, bundle.json says %s", got.Short(), ix.Evidence.Short())
	}
	for _, c := range body {
		if c < ' ' || c > '~' {
			return nil, errors.New("it is not the one line of ASCII that mlgate writes")
		}
	}
	e, err := mlgate.ParseEvidence(body, strict)
	if err != nil {
		return nil, err
	}
	switch {
	case e.Format != 1:
		return nil, fmt.Errorf("format %d is not one that this mlgate reads", e.Format)
	case e.Model != ix.Model || e.Recipe != ix.Recipe || e.Commit != ix.Commit || e.Tree != ix.Tree || !sameSteps(e.Steps, ix.Steps):
		return nil, errors.New("it is of another run than bundle.json says")
	case len(e.Metrics) > maxMetrics || len(e.Params) > maxMetrics || len(e.Inputs)+len(e.Outputs)+len(e.Tables) > maxFiles:
		return nil, fmt.Errorf("it holds %d metrics, %d params, %d files: more than mlgate run writes", len(e.Metrics), len(e.Params), len(e.Inputs)+len(e.Outputs)+len(e.Tables))
	case !slices.IsSortedFunc(e.Metrics, func(a, b mlgate.Metric) int { return cmp.Or(strings.Compare(a.Name, b.Name), 1) }):
		return nil, errors.New("its metrics are not in order, each once, as mlgate run writes them")
	case slices.ContainsFunc(e.Metrics, func(m mlgate.Metric) bool { return !m.Sound() }):
		return nil, errors.New("it states examples, hits or standard errors that cannot be")
	case slices.ContainsFunc(e.Metrics, func(m mlgate.Metric) bool { return m.File != "" && (!fs.ValidPath(m.File) || len(m.File) > maxText) }):
		return nil, errors.New("a metric names a file that is none below the model's folder")
	case !checksFit(e):
		return nil, errors.New("its checks are not in order, each once, with a status and texts of a size that mlgate run writes")
	case e.Repeats != nil && e.Repeats.Extends != nil:
		return nil, errors.New("it claims to go on with repeats of other evidence: only a job that runs and judges does")
	case !repeatsFit(e):
		return nil, errors.New("what it says of its repeats is not what mlgate run writes")
	case !e.Complete():
		return nil, errors.New("it claims numbers although a step failed")
	}
	return withBeside(mlgate.Sealed{Kind: mlgate.KindEvidence, Digest: ix.Evidence, Body: body, Envelope: mlgate.Envelope{Key: string(ix.Recipe)}}, e, files)
}

func checksFit(e mlgate.Evidence) bool {
	for i, c := range e.Checks {
		if !slices.Contains(mlgate.CheckStatuses, c.Status) || len(c.Name) > mlgate.MaxCheckText || len(c.Message) > mlgate.MaxCheckText || len(c.File) > maxText || i > 0 && e.Checks[i-1].Name >= c.Name {
			return false
		}
	}
	n := len(e.Checks)
	return n <= mlgate.MaxChecks && e.ChecksMore >= 0 && (e.ChecksMore == 0 || n == mlgate.MaxChecks)
}

func sameSteps(a, b []mlgate.StepRun) bool {
	return len(a) == len(b) && (len(a) == 0 || reflect.DeepEqual(a, b))
}

func strict(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON value")
	}
	return nil
}
