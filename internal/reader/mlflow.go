package reader

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxRuns is how many runs of a store are looked at.
const maxRuns = 10_000

var errManyRuns = fmt.Errorf("it holds more than %d runs", maxRuns)

// mlflowRun is what meta.yaml says of a run.
type mlflowRun struct {
	dir, id, name string
	start         int64
	status        string
	child         bool // of another run, as a database says; of a folder see isChild
}

// statuses are MLflow's RunStatus by number (mlflow/protos/service.proto).
var statuses = map[string]string{"1": "RUNNING", "2": "SCHEDULED", "3": "FINISHED", "4": "FAILED", "5": "KILLED"}

// mlflow reads a file store of MLflow (2.x and 3.x). Of the run that src names, by id or by name, or of the
// latest one, every metric is read as MLflow itself shows it: of its points the one with the highest step,
// then time, then value. A run that is deleted or the child of another is not the latest; a latest run that
// did not finish is an error.
func (st *store) mlflow(s *sheet) error {
	runs, err := st.runs()
	if err != nil {
		return err
	}
	run, err := s.chosen(st, runs)
	if err != nil {
		return err
	}
	files, err := st.files(run.dir + "/metrics")
	if err != nil {
		return err
	}
	for _, file := range files {
		key := strings.TrimPrefix(file, run.dir+"/metrics/")
		data, err := st.text(file)
		if err != nil {
			return err
		}
		v, err := latest(string(data))
		if err != nil {
			return fmt.Errorf("the metric %q of run %s: %w", key, run.id, err)
		}
		if err := s.figure(mlgate.Metric{Name: key, Value: mlgate.Number(v)}); err != nil {
			return err
		}
	}
	return nil
}

// runs are those that are not deleted: EXPERIMENT/RUN/meta.yaml with a run_id. The registry below models/ and
// what lies in .trash are none. Of each only this file is read.
func (st *store) runs() ([]mlflowRun, error) {
	experiments, err := st.folders(".")
	if err != nil {
		return nil, err
	}
	var runs []mlflowRun
	for _, experiment := range experiments {
		if strings.HasPrefix(experiment, ".") || experiment == "models" {
			continue
		}
		dirs, err := st.folders(experiment)
		if err != nil {
			return nil, err
		}
		if len(dirs) > maxRuns {
			return nil, errManyRuns
		}
		for _, dir := range dirs {
			run, err := st.run(dir)
			if err != nil {
				return nil, err
			}
			if run.id == "" {
				continue
			}
			if runs = append(runs, run); len(runs) > maxRuns {
				return nil, errManyRuns
			}
		}
	}
	if len(runs) == 0 {
		return nil, errors.New("it holds no run of MLflow: runs are EXPERIMENT/RUN/meta.yaml in a file store; of a database name the file, mlflow.db")
	}
	return runs, nil
}

// run is what meta.yaml says of a run; without an id: it is none, or was deleted.
func (st *store) run(dir string) (mlflowRun, error) {
	file := dir + "/meta.yaml"
	data, err := st.text(file)
	if errors.Is(err, fs.ErrNotExist) {
		return mlflowRun{}, nil
	}
	if err != nil {
		return mlflowRun{}, err
	}
	meta, err := scalarsYAML(data)
	if err != nil {
		return mlflowRun{}, fmt.Errorf("%q: %w", file, err)
	}
	run := mlflowRun{dir: dir, id: meta["run_id"], name: meta["run_name"], status: statuses[meta["status"]]}
	if meta["lifecycle_stage"] == "deleted" {
		run.id = ""
	}
	run.start, _ = strconv.ParseInt(meta["start_time"], 10, 64) // without one it is the oldest
	return run, nil
}

// isChild looks for the tag that names another run: few runs are asked.
func (st *store) isChild(run mlflowRun) bool { return st.there(run.dir + "/tags/mlflow.parentRunId") }

// choose is the run of an id or a name, or the latest that is no child.
func choose(runs []mlflowRun, want string, child func(mlflowRun) bool) (mlflowRun, error) {
	var found []mlflowRun
	newest := slices.SortedStableFunc(slices.Values(runs), func(a, b mlflowRun) int { return cmp.Compare(b.start, a.start) })
	for _, r := range newest {
		if want == "" && len(found) > 0 && r.start < found[0].start {
			break
		}
		if want == "" && !child(r) || want != "" && (r.id == want || r.name == want) {
			found = append(found, r)
		}
	}
	switch {
	case len(found) == 0 && want == "":
		return mlflowRun{}, errors.New("every run in it is the child of another: name one with `run`")
	case len(found) == 0:
		return mlflowRun{}, fmt.Errorf("no run in it has the id or the name %q", want)
	case len(found) > 1:
		return mlflowRun{}, fmt.Errorf("%d runs could be meant, %s and %s among them: name one by its id with `run`", len(found), found[0].id, found[1].id)
	case found[0].status != "FINISHED":
		return mlflowRun{}, fmt.Errorf("the run %q (%s) is not finished but %q", found[0].name, found[0].id, found[0].status)
	}
	return found[0], nil
}

// point is one value of a metric that is logged again and again, such as a line of a metric's file of MLflow.
type point struct {
	step        int64
	time, value float64
}

// latest is the value that MLflow shows: the highest by step, then time, then value, where NaN is the least.
func latest(file string) (float64, error) {
	var best *point
	for line := range strings.Lines(file) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		p, err := pointOf(fields)
		if err != nil {
			return 0, fmt.Errorf("%.60q is no point: %w", line, err)
		}
		if best == nil || p.after(*best) {
			best = &p
		}
	}
	if best == nil {
		return 0, errors.New("it has no point")
	}
	return best.value, nil
}

// pointOf reads a point. A data set's name and digest may follow (3.x); before 1.0 there was no step.
func pointOf(fields []string) (point, error) {
	var p point
	if len(fields) < 2 {
		return p, errors.New("a time and a value are missing")
	}
	v, ok := decimal(fields[1])
	time, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil || !ok {
		return p, errors.New("its time or its value is no number")
	}
	p.time, p.value = float64(time), v
	if len(fields) > 2 {
		if p.step, err = strconv.ParseInt(fields[2], 10, 64); err != nil {
			return p, errors.New("its step is no whole number")
		}
	}
	return p, nil
}

func (p point) after(q point) bool {
	switch {
	case p.step != q.step:
		return p.step > q.step
	case p.time != q.time:
		return p.time > q.time
	}
	return p.value > q.value || q.value != q.value
}
