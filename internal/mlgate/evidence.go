package mlgate

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Digest is a lower-case hexadecimal sha256.
type Digest string

// Short is what people are shown: the first 12 characters.
func (d Digest) Short() string { return string(d[:min(12, len(d))]) }

// Metric is a named number, what is known about how well it is known, and the file it was read from.
type Metric struct {
	Name    string            `json:"name"`              // may hold dots; of a slice it ends in [key=value,…], keys sorted
	Value   Number            `json:"value"`             // or one of the strings "NaN", "Infinity", "-Infinity"
	Unit    string            `json:"unit,omitempty"`    // as written in the file
	File    string            `json:"file,omitempty"`    // it was read from
	N       int64             `json:"n,omitempty"`       // examples that it was measured on; absent: not stated
	Hits    *int64            `json:"hits,omitempty"`    // of the n examples, where the value is their share; absent: not stated
	Stderr  *Number           `json:"stderr,omitempty"`  // standard error, in the metric's unit; absent: not stated
	Repeats []Number          `json:"repeats,omitempty"` // of the same measurement, say with other seeds
	Runs    string            `json:"runs,omitempty"`    // the repeats are runs of the steps, and their number was "fixed" before, or until the gates were "conclusive"; absent: a file states them
	Slice   map[string]string `json:"slice,omitempty"`   // part of the data that it is about; absent: all
}

// Counted reports whether the value is stated as a share, hits of n examples, that agrees with it.
func (m Metric) Counted() bool {
	return m.Hits != nil && *m.Hits >= 0 && m.N > 0 && *m.Hits <= m.N && m.N <= 1<<53 &&
		math.Abs(float64(m.Value)-float64(*m.Hits)/float64(m.N)) <= 1e-6
}

// Sound reports whether what is stated of the value's certainty is possible: counted hits, and numbers of examples and
// standard errors from 0 up. Readers leave out what is not; evidence that somebody else made may hold it.
func (m Metric) Sound() bool {
	return m.N >= 0 && m.N <= 1<<53 && (m.Hits == nil || m.Counted()) && (m.Stderr == nil || m.Stderr.Finite() && *m.Stderr >= 0)
}

// MaxLeftOut is how many values that are no metrics a reader keeps by name, so that a gate can say why a metric is
// missing: of one file, of the files of one pattern, of runs for several seeds.
const MaxLeftOut = 200

// LeftOut is a value of a metrics file that is no metric.
type LeftOut struct {
	Name string `json:"name"` // that the metric would have had
	File string `json:"file"` // it stands in
	What string `json:"what"` // it is instead of a number: "text", "a list"
}

// Reading is what one file of evidence says.
type Reading struct {
	Kind    string // of the reader that read it
	Metrics []Metric
	Dropped []string  // for people: what was left out, and why; the first few, then a count
	LeftOut []LeftOut // the same for gates, up to a limit
	Tables  []Table
	Checks  []Check // in the order of the file; names are unique
	// Examples is what the file says of each example; nil: it is no table of examples.
	Examples *Examples
}

// Table is a file that a metrics file names beside its numbers. SHA256 is what the file claims, or
// empty: mlgate hashes for itself.
type Table struct {
	Path   string // relative to the folder of mlops.yaml
	SHA256 Digest
}

// Param is one hyperparameter; Name is dotted, Value is its text as in the file.
type Param struct {
	Name  string `json:"name"`           // dotted
	Value string `json:"value"`          // as text
	File  string `json:"file,omitempty"` // it was read from
}

// File is the content of one file by digest, at a path relative to the folder of mlops.yaml.
type File struct {
	Path    string `json:"path"`              // relative to the folder of mlops.yaml
	SHA256  Digest `json:"sha256"`            // of the content
	Size    int64  `json:"size"`              // bytes
	Tracked bool   `json:"tracked,omitempty"` // of an input: git has it
}

// StepRun is how one step ended. Exit is -1 when the step did not end by itself; Why then says
// what happened ("timed out after 30m", "killed by signal", "not run: train failed").
type StepRun struct {
	Name    string  `json:"name"`                    // of the step
	Exit    int     `json:"exit"`                    // exit code
	Seconds float64 `json:"seconds"`                 // it took
	Why     string  `json:"why,omitempty"`           // it did not end by itself
	Signal  int     `json:"signal,omitempty"`        // that killed it
	Memory  int64   `json:"max_rss_bytes,omitempty"` // largest resident set of one of its processes
	Tries   []Try   `json:"tries,omitempty"`         // failed runs of it before this one
	Seed    int     `json:"seed,omitempty"`          // that it was told; of a step that ran for several seeds the last, with the seconds and tries of all
}

// Try is one failed run of a step that was run again.
type Try struct {
	Exit    int     `json:"exit"`          // exit code
	Seconds float64 `json:"seconds"`       // it took
	Why     string  `json:"why,omitempty"` // it did not end by itself
}

// TimedOut begins StepRun.Why of a step that took too long.
const TimedOut = "timed out after "

// Code is the exit code as a shell would tell it: 124 for a timeout, 128+n for signal n.
func (s StepRun) Code() int {
	switch {
	case strings.HasPrefix(s.Why, TimedOut):
		return 124
	case s.Signal > 0:
		return 128 + s.Signal
	}
	return s.Exit
}

// OK reports whether the step ended with exit code 0.
func (s StepRun) OK() bool { return s.Exit == 0 && s.Why == "" }

// Where numbers come from.
const (
	Measured = "measured" // by steps that mlgate ran
	Claimed  = "claimed"  // by a file that was there before
)

// MaxMetrics is how many metrics, and how many params, evidence holds at most, of all its files together. A reader takes
// fewer from each.
const MaxMetrics = 100_000

// Evidence is what is known about one model at one recipe. It is sealed once and its bytes are
// never encoded again. Lists are sorted by name or path.
type Evidence struct {
	Format      int           `json:"format"`                // 1
	Model       string        `json:"model"`                 // name in the registry
	Recipe      Digest        `json:"recipe"`                // of all that made the numbers
	Commit      string        `json:"commit"`                // that the steps ran on; may be the forge's test merge
	Tree        string        `json:"tree"`                  // of that commit
	Origin      string        `json:"origin"`                // "measured" by steps that mlgate ran, or "claimed" by a file that was there before
	Run         CIRun         `json:"run,omitzero"`          // that measured
	Started     time.Time     `json:"started"`               // UTC
	Seconds     float64       `json:"seconds"`               // of all steps
	Steps       []StepRun     `json:"steps,omitempty"`       // how each ended
	Metrics     []Metric      `json:"metrics,omitempty"`     // by name
	Checks      []Check       `json:"checks,omitempty"`      // what tools tested, by name; at most 10,000, those that did not pass first
	ChecksMore  int           `json:"checks_more,omitempty"` // how many more checks there were
	Params      []Param       `json:"params,omitempty"`      // by name
	Inputs      []File        `json:"inputs,omitempty"`      // files that steps declare as inputs or params
	InputList   *InputList    `json:"input_list,omitempty"`  // more than 1,000 inputs: their list lies beside the evidence
	Outputs     []File        `json:"outputs,omitempty"`     // files that steps declare as outputs
	Artifact    *File         `json:"artifact,omitempty"`    // the model itself; absent: none is named
	Tables      []File        `json:"tables,omitempty"`      // per-example tables that a metrics file names, hashed by mlgate
	Examples    []ExampleList `json:"examples,omitempty"`    // tables of examples: what they say of each lies beside the evidence
	Dropped     []string      `json:"dropped,omitempty"`     // what a reader left out, and why
	LeftOut     []LeftOut     `json:"left_out,omitempty"`    // the same by name, as far as kept
	Uncommitted []string      `json:"uncommitted,omitempty"` // files of evidence that the commit does not have, and no step wrote
	Machine     string        `json:"machine,omitempty"`     // os/arch and processors
	Image       string        `json:"image,omitempty"`       // container that mlgate ran in, as MLGATE_IMAGE says
	Images      []ImageUsed   `json:"images,omitempty"`      // that steps ran in, by name
	Seeds       []Param       `json:"seeds,omitempty"`       // params and variables of steps that are called a seed
	Repeats     *Repeats      `json:"repeats,omitempty"`     // steps ran for several seeds; absent: once
	Version     string        `json:"mlgate"`                // version that measured
}

// ImageUsed is an image that steps ran in.
type ImageUsed struct {
	Name   string `json:"name"`             // as mlops.yaml names it
	ID     string `json:"id"`               // "sha256:…" of the image itself, as the engine tells
	Digest string `json:"digest,omitempty"` // "sha256:…" of it in its registry; absent: it was never in one
}

// Complete reports whether every step ended well. Only complete evidence is judged or compared
// with.
func (e *Evidence) Complete() bool {
	for _, s := range e.Steps {
		if !s.OK() {
			return false
		}
	}
	return true
}

// Metric finds a metric by name; they are sorted by it.
func (e *Evidence) Metric(name string) (Metric, bool) {
	i, ok := slices.BinarySearchFunc(e.Metrics, name, func(m Metric, name string) int { return strings.Compare(m.Name, name) })
	if !ok {
		return Metric{}, false
	}
	return e.Metrics[i], true
}

// Why says what stands in a file in place of a metric; empty: nothing that was kept.
func (e *Evidence) Why(name string) string {
	for _, l := range e.LeftOut {
		if l.Name == name {
			return l.What + " in " + l.File
		}
	}
	return ""
}

// Bundle is what `mlgate run` hands to `mlgate judge`: evidence and never a verdict. The judge
// treats all of it as hostile.
type Bundle struct {
	Commit   string // HEAD of the work tree that the steps ran in
	Tree     string
	Model    string
	Recipe   Digest
	Steps    []StepRun
	Evidence *Sealed // nil when a step failed or nothing could be read
	Problem  string  // why there is no evidence, or empty
	Skipped  string  // why no step ran, or empty: then the judge must find evidence for itself
	Artifact []byte  // bytes of Evidence's artifact, where a store is to keep them
}

// Strange says in a sentence which numbers are not those of the commit; empty: all are, or steps made them.
func (e *Evidence) Strange() string {
	all := e.Uncommitted
	if len(all) == 0 {
		return ""
	}
	names := strings.Join(all[:min(3, len(all))], ", ")
	if n := len(all) - 3; n > 0 {
		names += fmt.Sprintf(" and %d more", n)
	}
	return fmt.Sprintf("the numbers of %s are not part of the commit: what lies there is not committed, and no step wrote it", names)
}
