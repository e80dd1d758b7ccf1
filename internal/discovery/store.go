package discovery

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
	"github.com/mlgate/mlgate/internal/stamp"
)

// store finds what experiment trackers leave in a repository, by the names that they give: a folder of runs of
// MLflow, TensorBoard or W&B, or the database of MLflow.
func (f *finder) store(file mlgate.TreeFile) {
	dir, base := path.Split(file.Path)
	dir = path.Clean(dir)
	switch {
	case base == "mlflow.db" || base == "mlruns.db":
		f.found.Metrics = append(f.found.Metrics, Candidate{Path: file.Path, Kind: "mlflow"})
	case base == "meta.yaml":
		experiment := path.Dir(dir)
		_, is := slices.BinarySearchFunc(f.side.Files, experiment+"/meta.yaml", byPath)
		if is && len(path.Base(dir)) == 32 && strings.Trim(path.Base(dir), "0123456789abcdef") == "" {
			f.folder(path.Dir(experiment), "mlflow")
		}
	case strings.Contains(base, "tfevents"):
		f.folder(board(dir), "tensorboard")
	case path.Ext(base) == ".wandb" && strings.Contains(path.Base(dir), "run-"):
		f.folder(path.Dir(dir), "wandb")
	}
}

// folder adds a store. The repository's own folder is none: all of it would be read.
func (f *finder) folder(dir, kind string) {
	if n := len(f.found.Metrics); dir == "." || n > 0 && f.found.Metrics[n-1].Path == dir {
		return
	}
	f.found.Metrics = append(f.found.Metrics, Candidate{Path: dir, Kind: kind})
}

// board is the folder of which a folder with event files is one run: that around the time or number in its
// name, or else itself.
func board(dir string) string {
	parts := strings.Split(dir, "/")
	for i, part := range parts {
		if i > 0 && stamp.Is(part) {
			return strings.Join(parts[:i], "/")
		}
	}
	return dir
}

// inStore reports whether a file lies in a tracker's folder, where it is of one run among many.
func (f Found) inStore(name string) bool {
	for at := path.Dir(name); at != "."; at = path.Dir(at) {
		if base := path.Base(at); base == "mlruns" || base == "mlartifacts" {
			return true
		}
		i, ok := slices.BinarySearchFunc(f.Metrics, at, func(c Candidate, n string) int { return strings.Compare(c.Path, n) })
		if ok && (f.Metrics[i].Kind == "mlflow" || f.Metrics[i].Kind == "wandb") {
			return true
		}
	}
	return false
}

// latest leaves of each series the candidate of the latest run. What a file names is in no series, and what lies
// in a tracker's store is left to its reader.
func (f Found) latest(all []Candidate) []Candidate {
	var names []string
	for _, c := range all {
		if c.By == "" {
			names = append(names, c.Path)
		}
	}
	keep := map[string]bool{}
	for _, name := range stamp.Latest(names) {
		keep[name] = !f.inStore(name)
	}
	var out []Candidate
	for _, c := range all {
		if c.By == "" {
			c.Series, _ = stamp.Series(c.Path)
		}
		if c.By != "" || keep[c.Path] {
			out = append(out, c)
		}
	}
	return out
}

// Unnamed are the files of a side that may hold numbers although neither their names nor any file says so: of
// each series the latest, by its key, and every other by its path.
func (f Found) Unnamed(s Side) map[string]mlgate.TreeFile {
	known := map[string]bool{}
	for _, c := range slices.Concat(f.Metrics, f.Params) {
		known[c.Path] = true
		known[c.Series] = true // and so is each earlier run of it
	}
	out, orders := map[string]mlgate.TreeFile{}, map[string]string{}
	for _, file := range s.Files {
		if !telling(file.Path) || known[file.Path] || !Regular(file) || Hidden(file.Path) || f.inStore(file.Path) {
			continue
		}
		key, order := stamp.Series(file.Path)
		if key != "" && known[key] {
			continue
		}
		if key = cmp.Or(key, file.Path); order >= orders[key] {
			out[key], orders[key] = file, order
		}
	}
	return out
}

// telling says that a file of such a name may be one that a tool wrote, as its content would tell.
func telling(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".json", ".xml", ".csv", ".log", ".prom", ".openmetrics", ".sarif", ".db", ".sqlite", ".sqlite3":
		return true
	case ".zip":
		return offline().MatchString(path.Base(name))
	}
	return path.Base(name) == "README.md"
}

// offline is what ClearML and Comet call a run that they keep for later: by its id.
var offline = pattern.Lazy(`^(?:offline-)?[0-9A-Za-z]{32,50}(?:-[0-9A-Za-z]+)?\.zip$`)

// Around is the folder of runs of which a file of such a kind is one: for ClearML, Comet and Neptune that which
// they are told to write into, for others, and at the repository's top, none.
func Around(kind, name string) string {
	dir := path.Dir(name)
	switch kind {
	case "neptune":
		dir = path.Dir(dir)
	case "clearml", "comet":
	default:
		return ""
	}
	if up := path.Dir(dir); path.Base(dir) == "offline" && up != "." {
		return up
	}
	if dir == "." {
		return ""
	}
	return dir
}
