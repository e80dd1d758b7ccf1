package mlgate

import (
	"slices"
	"strings"
	"time"
)

// Pos is a place in a file of the repository: line and column count from 1, 0 means unknown.
type Pos struct {
	File string `json:"file,omitempty"` // path
	Line int    `json:"line,omitempty"` // from 1
	Col  int    `json:"col,omitempty"`  // from 1
}

// Step is one command of the pipeline. Paths are relative to the folder of mlops.yaml, with
// forward slashes; inputs may be patterns, outputs are plain files or folders.
type Step struct {
	Name    string      `json:"name"`
	Run     string      `json:"run"`
	Needs   []string    `json:"needs,omitempty"`
	Inputs  []string    `json:"inputs,omitempty"`
	Params  []ParamFile `json:"params,omitempty"`
	Outputs []string    `json:"outputs,omitempty"`
	Env     Env         `json:"env,omitzero"`
	// Container is where it runs; nil: where mlgate does.
	Container *Container    `json:"image,omitempty"`
	Timeout   time.Duration `json:"-"` // zero: none
	Until     Until         `json:"-"`
	Retry     Retry         `json:"-"`
	Pos       Pos           `json:"-"`
}

// Until says that a step, and those that need it, run for one seed after the other: until every gate that
// hangs on them is decided, or one of the bounds is reached. The zero Until: they run once.
type Until struct {
	Conclusive bool
	Most       int           // runs
	Budget     time.Duration // no run begins that would end later, at the pace so far; zero: none
}

// Container is the image that a step runs in, and what it gets there. How the image comes and how much of
// the machine the step gets change whether numbers come, not which.
type Container struct {
	Image   string `json:"name"`
	Network string `json:"network,omitempty"` // NetworkNone; empty: what the engine gives
	GPUs    int    `json:"gpus,omitempty"`
	Pull    string `json:"-"` // one of Pull…; empty: PullIfAbsent
	CPUs    int    `json:"-"` // zero: all
	Memory  int64  `json:"-"` // bytes; zero: all
}

// Moving reports whether the image's name may mean another image tomorrow.
func (c *Container) Moving() bool { return c != nil && !strings.Contains(c.Image, "@") }

// When an image is asked of its registry.
const (
	PullIfAbsent = "if-absent"
	PullAlways   = "always"
	PullNever    = "never"
)

// NetworkNone: the step speaks to nobody.
const NetworkNone = "none"

// Retry says how often a failed step is run again, and after which exit codes; none named: any. A
// step killed by signal n counts as exit code 128+n, one that timed out as 124.
type Retry struct {
	Times  int
	OnExit []int
}

// ParamFile names a file of hyperparameters; with Keys only these (dotted) keys of it.
type ParamFile struct {
	Path string   `json:"path"`
	Keys []string `json:"keys,omitempty"`
}

// Env is what a step sees beside the allow-listed basics. Pass names variables of the caller;
// Set fixes values. Both sorted.
type Env struct {
	Pass []string `json:"pass,omitempty"`
	Set  []EnvVar `json:"set,omitempty"`
}

// EnvVar is one variable with its value.
type EnvVar struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Source is a file that a reader turns into metrics. Kind is one of the reader's, or empty for
// "by the file's name and content". Prefix, when set, is put before every metric name with a dot.
type Source struct {
	Kind    string        `json:"kind,omitempty"`
	Path    string        `json:"path"`              // or a pattern for many files
	Exclude []string      `json:"exclude,omitempty"` // patterns, of what the pattern matches
	Latest  bool          `json:"latest,omitempty"`  // of the files that the pattern matches, and that differ by a time or a number alone, the latest
	Prefix  string        `json:"prefix,omitempty"`  // with a pattern, PathInPrefix stands for each file's own
	Run     string        `json:"run,omitempty"`     // of a store with many runs: the id or name of one; empty: what the kind says
	Table   *ExampleTable `json:"table,omitempty"`   // of kind examples
	Look    bool          `json:"-"`                 // Kind is what the name says: content that is unmistakably another kind's decides
	Pos     Pos           `json:"-"`
}

// PathInPrefix stands in the prefix of a pattern for a file's path below the folder where the pattern begins,
// without its ending.
const PathInPrefix = "{path}"

// IsPattern reports whether the source stands for all files that its path matches: `*` and `?` within a name,
// `**` across folders.
func (s Source) IsPattern() bool { return strings.ContainsAny(s.Path, "*?") }

// IsFolder reports whether the source is a folder: a file store of MLflow, or runs of another tracker. One
// of its files may be named in its place.
func (s Source) IsFolder() bool {
	return slices.Contains([]string{"mlflow", "tensorboard", "wandb", "clearml", "comet", "neptune"}, s.Kind)
}

// Direction says which way a metric gets better. Empty: unknown, nothing is coloured.
type Direction string

// The directions.
const (
	Higher Direction = "higher"
	Lower  Direction = "lower"
)

// GateRule is one entry under `gates:`: what is demanded of every metric whose name matches
// Pattern (`*` is any characters). Nil bounds demand nothing.
type GateRule struct {
	Pattern      string    `json:"metric"`
	Better       Direction `json:"better,omitempty"` // as written; else implied by a limit
	Min          *float64  `json:"min,omitempty"`
	Max          *float64  `json:"max,omitempty"`
	MaxDrop      *Bound    `json:"max_drop,omitempty"`
	MaxRise      *Bound    `json:"max_rise,omitempty"`
	MinDrop      *Bound    `json:"min_drop,omitempty"`       // it must fall by at least so much
	MinRise      *Bound    `json:"min_rise,omitempty"`       // it must rise by at least so much
	MaxChange    *Bound    `json:"max_change,omitempty"`     // it may move by so much, either way
	Ratchet      *float64  `json:"ratchet,omitempty"`        // worse than the best accepted version by at most so much
	MaxTotalDrop *float64  `json:"max_total_drop,omitempty"` // below the best since a drop was last accepted
	MaxTotalRise *float64  `json:"max_total_rise,omitempty"` // the same for rises
	Band         *Band     `json:"band,omitempty"`           // around the last accepted versions
	Derived      *Derived  `json:"derived,omitempty"`        // the metric is computed from others; nil: it stands in the evidence
	Severity     Status    `json:"severity"`                 // Fail or Warn: what a broken bound becomes
	// Confidence is how sure to be before a bound on the change counts as kept or as broken, above 0.5 and
	// below 1. Zero: the numbers are compared as they are.
	Confidence  float64 `json:"confidence,omitempty"`
	MinExamples int64   `json:"min_examples,omitempty"` // fewer: inconclusive
	Resamples   int     `json:"resamples,omitempty"`    // where a test draws; 0: 10,000
	Seed        uint64  `json:"seed,omitempty"`         // where drawing starts
	// Correction is how the p-values of all bounds that are tested in one judgment are adjusted before a
	// bound counts as broken; empty: not at all. It is the same for all rules of a file.
	Correction Correction `json:"correction,omitempty"`
	Pos        Pos        `json:"-"`
}

// Derived says how a metric is computed from others. Either Of names two, or Over all that a pattern
// matches, of which the largest and the smallest count.
type Derived struct {
	Kind DerivedKind `json:"kind"`
	Of   []string    `json:"of,omitempty"`   // first and second
	Over string      `json:"over,omitempty"` // pattern: say, of the same metric in several groups
}

// DerivedKind is a key of mlops.yaml.
type DerivedKind string

// The kinds of derived metrics.
const (
	Difference     DerivedKind = "difference"      // first less second
	Ratio          DerivedKind = "ratio"           // first by second
	DifferenceOver DerivedKind = "difference_over" // largest less smallest
	RatioOver      DerivedKind = "ratio_over"      // smallest by largest
)

// Itself reports whether a test is asked for of a computed number itself: by min and max, where there is no bound
// on its change.
func (r GateRule) Itself() bool {
	return r.Derived != nil && r.Confidence > 0 && len(r.OnChange()) == 0
}

// Wide reports whether the rule is about every metric that its pattern matches.
func (r GateRule) Wide() bool { return strings.Contains(r.Pattern, "*") }

// Correction names how p-values of several tests are adjusted for their number.
type Correction string

// The corrections.
const (
	Holm              Correction = "holm"
	BenjaminiHochberg Correction = "benjamini-hochberg"
)

// String is the name as people write it.
func (c Correction) String() string {
	return map[Correction]string{Holm: "Holm", BenjaminiHochberg: "Benjamini–Hochberg"}[c]
}

// BoundOf is a bound on the change by its key in mlops.yaml.
type BoundOf struct {
	Key string
	*Bound
}

// OnChange lists the bounds on the change since the baseline that a rule has, in the order of the
// reference page.
func (r GateRule) OnChange() []BoundOf {
	all := []BoundOf{{MaxDropKey, r.MaxDrop}, {MaxRiseKey, r.MaxRise}, {MinDropKey, r.MinDrop}, {MinRiseKey, r.MinRise}, {MaxChangeKey, r.MaxChange}}
	return slices.DeleteFunc(all, func(b BoundOf) bool { return b.Bound == nil })
}

// Bound is a change that is allowed, or asked for: Value in the metric's own unit, or as a fraction of the baseline
// when Relative (10 % is 0.1).
type Bound struct {
	Value    float64 `json:"value"`
	Relative bool    `json:"relative,omitempty"`
}

// BaselineRule is one place to look for something to compare with: `merge-base`, `base`,
// `stage:S` or `ref:R`.
type BaselineRule struct {
	Kind  string `json:"kind"`            // "merge-base", "base", "stage" or "ref"
	Stage string `json:"stage,omitempty"` // for kind "stage"
	Ref   string `json:"ref,omitempty"`   // for kind "ref": branch or tag
}

func (b BaselineRule) String() string {
	if b.Kind == "stage" {
		return "stage:" + b.Stage
	}
	if b.Kind == "ref" {
		return "ref:" + b.Ref
	}
	return b.Kind
}

// StageRule is one entry under `promote:`, in the order of the file.
type StageRule struct {
	To   string `json:"to"`
	When string `json:"when"`           // "merge" or "manual"
	From string `json:"from,omitempty"` // stage whose version is taken; empty for `when: merge`
	// Bump is which number of a new version grows: major, minor or patch; labels: what the pull request's
	// labels say.
	Bump string `json:"bump,omitempty"`
	// Soak is how long the version must have been in From.
	Soak time.Duration `json:"soak_ns,omitempty"`
	// Approvals is how many people, other than who asks for the move, must have said yes to the version.
	Approvals int `json:"approvals,omitempty"`
	// OnForeignMove is what automation does after another tool moved the stage: stop or adopt.
	OnForeignMove string `json:"on_foreign_move,omitempty"`
	// DirectPush is what a push without a pull request means: judge (empty too) or refuse.
	DirectPush string `json:"direct_push,omitempty"`
	// Deployment: each move is shown at the forge as a deployment to the environment of the stage's name.
	Deployment bool `json:"deployment,omitempty"`
	// Release: a version that moves there is shown at the forge as a release of its tag.
	Release bool `json:"release,omitempty"`
	Pos     Pos  `json:"-"`
}
