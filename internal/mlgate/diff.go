package mlgate

// Diff is what differs between two sides in the files that hold metrics and params. Lists are sorted
// by file, then by name.
type Diff struct {
	Format     int          `json:"format"` // 1
	Old        DiffSide     `json:"old"`
	New        DiffSide     `json:"new"`
	Metrics    []MetricDiff `json:"metrics"`
	Checks     []CheckDiff  `json:"checks"` // how what tools test ended
	Values     []ValueDiff  `json:"values"` // what metric files hold beside numbers
	Params     []ValueDiff  `json:"params"`
	Renamed    []FileRename `json:"renamed"`
	Files      int          `json:"files"`      // that were compared
	Same       int          `json:"files_same"` // of these: byte for byte the same, and not looked into
	Unchanged  int          `json:"unchanged"`  // metrics and params that were looked at and are the same
	Skipped    []DiffSkip   `json:"skipped"`    // what could not be compared, and need not be
	Unreadable []DiffSkip   `json:"unreadable"` // what should have been compared, and could not be read
	Config     []string     `json:"config"`     // the mlops.yaml files that named what was compared; empty: it was found
}

// DiffSide is a commit, or the work tree: then Commit is empty.
type DiffSide struct {
	Name   string `json:"name"` // as asked for
	Commit string `json:"commit,omitempty"`
}

// MetricDiff is one number on both sides; a side that does not have it is nil. Change is new minus
// old, where both are finite.
type MetricDiff struct {
	File   string    `json:"file"` // on the new side where it is there
	Name   string    `json:"name"`
	Old    *Number   `json:"old"`
	New    *Number   `json:"new"`
	Change *Number   `json:"change,omitempty"`
	Better Direction `json:"better,omitempty"` // as mlops.yaml says; empty: nobody said
}

// CheckDiff is one check on both sides; a side that does not have it has no status.
type CheckDiff struct {
	File string      `json:"file"`
	Name string      `json:"name"`
	Old  CheckStatus `json:"old,omitempty"`
	New  CheckStatus `json:"new,omitempty"`
}

// ValueDiff is one value as text, on both sides; a side that does not have it is nil.
type ValueDiff struct {
	File string  `json:"file"`
	Name string  `json:"name"`
	Old  *string `json:"old"`
	New  *string `json:"new"`
}

// FileRename is a metric or param file that has another name on the new side. Runs: a tool writes such a file anew
// for each run, and these are of the latest on either side.
type FileRename struct {
	Old  string `json:"old"`
	New  string `json:"new"`
	Runs bool   `json:"runs,omitempty"`
}

// DiffSkip says why a file was not compared. Side is the name of the side that it is about; empty:
// both.
type DiffSkip struct {
	File string `json:"file"`
	Side string `json:"side,omitempty"`
	Why  string `json:"why"`
}
