package scaffold

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
	"github.com/mlgate/mlgate/internal/reader"
)

// Limits of looking: a guess needs no more.
const (
	maxEntries = 20_000
	maxFolders = 5 // deep
	maxBytes   = 1 << 20
	maxRead    = 50 // files with numbers
)

// sight is what was seen of a repository. Paths are relative to the model's folder.
type sight struct {
	name         string // of the folder, or one that no other model has
	dir          string // the model's folder, from the repository's top
	top          bool   // the model's folder is the repository's top
	ci           string // "GitHub", "GitLab CI", …; empty: none
	branch       string // the default branch
	dvc          []stage
	dvcOdd       bool // dvc.yaml does what mlgate's steps cannot say
	hasDVC       bool
	pulls        bool // data is kept by DVC
	targets      []string
	train        []string // scripts
	evaluate     []string
	notebooks    []string
	metrics      []metricFile
	params       string
	requirements string // from the repository's top
	projects     []string
	models       []neighbour
	kept         string   // a workflow that stands there and judges this model too
	ignored      []string // lines of .gitignore
	binaries     []string // files that may be the model
	odd          int      // files left out for their names
	tools        []tool   // what tools left, the most telling first
	read         int      // files with numbers, so far
	looked       int      // bytes of files that no name tells
	more         bool     // the limits were reached
}

// metricFile is a file with numbers.
type metricFile struct {
	path    string
	metrics []mlgate.Metric
}

// plainName is a path that can stand in a shell command and in YAML as it is. Others are left out.
var plainName = pattern.Lazy(`^[A-Za-z0-9_][A-Za-z0-9_./-]*$`)

// Folders in which nothing of the team's own stands.
var foreign = []string{"node_modules", "venv", "env", "site-packages", "__pycache__", "mlruns", "wandb", "vendor", "dist", "third_party"}

func (r *Repository) look() (*sight, error) {
	sub, err := r.root.OpenRoot(r.dir)
	if err != nil {
		return nil, fmt.Errorf("opening the folder %q: %w", r.dir, err)
	}
	defer func() { _ = sub.Close() }()
	s := &sight{dir: r.dir, top: r.dir == ".", branch: "main"}
	tree := sub.FS()
	if err := s.walk(tree); err != nil {
		return nil, fmt.Errorf("looking at the files of %q: %w", r.dir, err)
	}
	slices.SortStableFunc(s.metrics, func(a, b metricFile) int { return cmp.Compare(likely(a.path), likely(b.path)) })
	s.surroundings(r.root.FS(), r.dir)
	s.findTools(tree)
	s.models = neighbours(r.root.FS(), path.Join(r.dir, mlgate.ConfigName))
	s.name = freeName(r.name, r.dir, s.models)
	if data, err := small(tree, "dvc.yaml"); err == nil {
		s.hasDVC = true
		s.readDVC(tree, data)
	}
	if data, err := small(tree, "Makefile"); err == nil {
		s.targets = targetsOf(string(data))
	}
	s.projects = s.candidates()
	return s, nil
}

var errEnough = errors.New("enough")

func (s *sight) walk(tree fs.FS) error {
	entries := 0
	err := fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return skipUnread(name, e, err)
		}
		if entries++; entries > maxEntries {
			return errEnough
		}
		switch {
		case name == ".":
		case e.IsDir() && unlooked(name, e):
			return fs.SkipDir
		case e.Type().IsRegular():
			s.file(tree, name)
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		s.more = true
		return nil
	}
	return err
}

// skipUnread goes on without a folder that cannot be read: nothing can be guessed from it.
func skipUnread(name string, e fs.DirEntry, err error) error {
	if e != nil && e.IsDir() && name != "." {
		return fs.SkipDir
	}
	return err
}

func unlooked(name string, e fs.DirEntry) bool {
	return strings.HasPrefix(e.Name(), ".") || slices.Contains(foreign, e.Name()) || strings.Count(name, "/") >= maxFolders
}

var (
	trainName    = pattern.Lazy(`^(train|training|train_model|model_train|fit)\.(py|sh|R|jl)$`)
	evaluateName = pattern.Lazy(`^(evaluate|evaluation|eval|score|test_model|evaluate_model)\.(py|sh|R|jl)$`)
	modelFile    = pattern.Lazy(`^(.*\.(pkl|pickle|joblib|onnx|pt|pth|safetensors|h5|keras|cbm|ubj|gguf)|model\.(json|txt|bin|xml))$`)
	metricName   = pattern.Lazy(`^([a-z_]+_)?(metrics?|scores?|results?|evaluation|eval|classification_report)(_[a-z]+)?\.(json|ya?ml)$`)
)

func (s *sight) file(tree fs.FS, name string) {
	base := path.Base(name)
	known := trainName().MatchString(base) || evaluateName().MatchString(base) || metricName().MatchString(base) || path.Ext(base) == ".ipynb"
	switch {
	case known && !plainName().MatchString(name):
		s.odd++
	case trainName().MatchString(base):
		s.train = append(s.train, name)
	case evaluateName().MatchString(base):
		s.evaluate = append(s.evaluate, name)
	case path.Ext(base) == ".ipynb":
		s.notebooks = append(s.notebooks, name)
	case metricName().MatchString(base):
		s.readMetrics(tree, name)
	case name == "params.yaml" || name == "params.json" && s.params == "":
		s.params = name
	case modelFile().MatchString(base) && plainName().MatchString(name):
		s.binaries = append(s.binaries, name)
	case path.Ext(base) == ".dvc":
		s.pulls = true
	}
}

// readMetrics keeps a file that the reader takes and that holds numbers with names.
func (s *sight) readMetrics(tree fs.FS, name string) {
	if slices.ContainsFunc(s.metrics, func(m metricFile) bool { return m.path == name }) {
		return
	}
	if s.read++; s.read > maxRead {
		s.more = true
		return
	}
	data, err := small(tree, name)
	if err != nil {
		return
	}
	got, err := reader.Files{}.Metrics(mlgate.Source{Path: name}, data)
	if all := got.Metrics; err == nil && len(all) > 0 && len(all) <= 200 {
		s.metrics = append(s.metrics, metricFile{path: name, metrics: all})
	}
}

// likely is smaller the likelier a file holds the numbers of the model: by its name, then by its depth.
func likely(name string) int {
	rank := strings.Count(name, "/")
	if base := path.Base(name); !strings.HasPrefix(base, "metrics.") {
		rank += 2 * maxFolders
	}
	return rank
}

// surroundings looks at the repository as a whole: its CI system, branch, requirements.
func (s *sight) surroundings(top fs.FS, dir string) {
	for _, c := range []struct{ path, name string }{
		{".github", "GitHub"}, {".gitlab-ci.yml", "GitLab CI"}, {"Jenkinsfile", "Jenkins"}, {".circleci", "CircleCI"}, {"azure-pipelines.yml", "Azure Pipelines"},
	} {
		if _, err := fs.Stat(top, c.path); err == nil {
			s.ci = c.name
			break
		}
	}
	for _, name := range []string{path.Join(dir, "requirements.txt"), "requirements.txt"} {
		if info, err := fs.Stat(top, name); err == nil && info.Mode().IsRegular() && plainName().MatchString(name) {
			s.requirements = name
			break
		}
	}
	s.branch = defaultBranch(top)
	for _, name := range []string{".gitignore", path.Join(dir, ".gitignore")} {
		if data, err := small(top, name); err == nil {
			s.ignored = append(s.ignored, strings.Split(string(data), "\n")...)
		}
	}
}

var branchName = pattern.Lazy(`^[A-Za-z0-9_][A-Za-z0-9_./-]{0,99}$`)

// defaultBranch is what the remote calls it, else main or master, whichever there is.
func defaultBranch(top fs.FS) string {
	if data, err := small(top, ".git/refs/remotes/origin/HEAD"); err == nil {
		if name, ok := strings.CutPrefix(strings.TrimSpace(string(data)), "ref: refs/remotes/origin/"); ok && branchName().MatchString(name) {
			return name
		}
	}
	if _, err := fs.Stat(top, ".git/refs/heads/main"); err == nil {
		return "main"
	}
	if _, err := fs.Stat(top, ".git/refs/heads/master"); err == nil {
		return "master"
	}
	return "main"
}

// candidates are the folders that look like a model of their own, when the model's folder itself
// does not.
func (s *sight) candidates() []string {
	if s.hasDVC || slices.ContainsFunc(s.targets, func(t string) bool { return t == "train" }) {
		return nil
	}
	var out []string
	for _, name := range s.train {
		dir := path.Dir(name)
		if slices.Contains([]string{"src", "scripts", "code", "bin"}, path.Base(dir)) {
			dir = path.Dir(dir)
		}
		if dir == "." {
			return nil
		}
		out = append(out, dir)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var target = pattern.Lazy(`(?m)^(train|evaluate|eval|test-model)[ \t]*:([^=]|$)`)

// targetsOf are the targets of a Makefile that train and evaluate.
func targetsOf(makefile string) []string {
	var out []string
	for _, m := range target().FindAllStringSubmatch(makefile, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// small reads a regular file of a size that people write.
func small(tree fs.FS, name string) ([]byte, error) { return upTo(tree, name, maxBytes) }

func upTo(tree fs.FS, name string, limit int64) ([]byte, error) {
	info, err := fs.Stat(tree, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > limit {
		return nil, fmt.Errorf("%q is no regular file of up to %d MiB", name, limit>>20)
	}
	f, err := tree.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, limit))
}
