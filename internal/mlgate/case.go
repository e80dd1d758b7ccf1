package mlgate

import "time"

// MaxCard is how much of a model card policies see, in bytes.
const MaxCard = 256 << 10

// Case is the versioned document that policies judge: it is all that they see. Within version 1
// fields are added and never change their meaning. The lists and maps of this type itself are always
// there, empty where there is nothing.
type Case struct {
	Version     int             `json:"version"`           // 1
	Model       string          `json:"model"`             // name in the registry
	Dir         string          `json:"dir"`               // folder of mlops.yaml; "." at the top
	Change      Change          `json:"change"`            // commit under judgment, and why CI started
	Recipe      Digest          `json:"recipe"`            // digest of all that makes the numbers
	Head        *Evidence       `json:"head"`              // under judgment
	Base        *Evidence       `json:"base,omitempty"`    // compared with; absent: there is no baseline
	Metrics     CaseMetrics     `json:"metrics"`           // the same numbers by name
	Params      CaseParams      `json:"params"`            // the same parameters by name
	Checks      CaseChecks      `json:"checks"`            // the same checks by name
	Gates       []GateResult    `json:"gates"`             // what the gates said
	Files       []string        `json:"files"`             // paths that the change touches, sorted; from the top of the repository
	Changes     []CaseFile      `json:"changes"`           // the same files, with what happened to each
	Steps       []CaseStep      `json:"steps"`             // how the numbers are made, in the order of mlops.yaml
	Card        *CaseCard       `json:"card,omitempty"`    // model card; absent: there is none
	Owners      []string        `json:"owners"`            // who may approve changes of what judges
	Stages      []CaseStage     `json:"stages"`            // what mlops.yaml promotes to, in its order
	Targets     []string        `json:"targets"`           // stages that a yes lets this version into: those of `when: merge`, or the one asked for by hand
	Environment CaseEnvironment `json:"environment"`       // of the judgment
	Demands     []ValueChange   `json:"demands"`           // what the change edits of its own demands
	Baseline    Baseline        `json:"baseline,omitzero"` // where base comes from
}

// CaseMetrics are the metrics of both sides by name. A value that is no finite number is one of the
// strings "NaN", "Infinity", "-Infinity".
type CaseMetrics struct {
	Head map[string]Number `json:"head"` // of this change
	Base map[string]Number `json:"base"` // of the baseline; empty: there is none
}

// CaseParams are the hyperparameters of both sides by name.
type CaseParams struct {
	Head map[string]string `json:"head"` // of this change, as text
	Base map[string]string `json:"base"` // of the baseline, as text
}

// CaseChecks are the checks of both sides by name: how each ended, as "pass", "fail", "warn", "error" or
// "skipped".
type CaseChecks struct {
	Head map[string]CheckStatus `json:"head"` // of this change
	Base map[string]CheckStatus `json:"base"` // of the baseline; empty: there is none
}

// CaseFile is one path that the change touches. No renames are guessed: a moved file is one removed
// and one added.
type CaseFile struct {
	Path string `json:"path"`          // from the top of the repository
	What string `json:"what"`          // "added", "removed" or "changed"
	Old  string `json:"old,omitempty"` // blob id before
	New  string `json:"new,omitempty"` // blob id after
}

// CaseStep is one command of the pipeline. Inputs, params and outputs are relative to dir, as written
// in mlops.yaml.
type CaseStep struct {
	Name    string   `json:"name"`    // unique
	Run     string   `json:"run"`     // command line
	Inputs  []string `json:"inputs"`  // files or patterns
	Params  []string `json:"params"`  // files of hyperparameters
	Outputs []string `json:"outputs"` // files or folders that it writes
	Touched []string `json:"touched"` // files of this change that are its inputs or params; from the top of the repository
}

// CaseCard is the model card of the judged tree, found beside mlops.yaml.
type CaseCard struct {
	Path string `json:"path"`          // from the top of the repository
	Size int    `json:"size"`          // in bytes
	Text string `json:"text"`          // its first 256 KiB as UTF-8
	Cut  bool   `json:"cut,omitempty"` // it is longer than that
}

// CaseStage is one stage of `promote`.
type CaseStage struct {
	To   string `json:"to"`             // its name
	When string `json:"when"`           // "merge" or "manual"
	From string `json:"from,omitempty"` // stage whose version it takes
}

// CaseEnvironment is where and when the judgment is made. Rego has no clock of its own: this is the
// only time that it sees.
type CaseEnvironment struct {
	At     time.Time `json:"at"`     // UTC
	CI     bool      `json:"ci"`     // false: on a laptop
	Mlgate string    `json:"mlgate"` // version of the judge
}
