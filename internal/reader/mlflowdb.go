package reader

import (
	"errors"
	"fmt"
	"math"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/wire/sqlite"
)

// maxDatabase is the size of a database of MLflow, in bytes: it keeps every point of every run.
const maxDatabase = 256 << 20

// database is the SQLite store of MLflow: mlflow/store/tracking/dbmodels/models.py.
type database struct{ *sqlite.DB }

// readMLflow reads a database of MLflow, mlflow.db, as the folder of runs is read. Of every metric MLflow keeps the
// value that it shows in latest_metrics: of the points the one with the highest step, then time, then value.
func readMLflow(s *sheet, data []byte) error {
	if !sqlite.Starts(data) {
		return errors.New("it is neither a folder of runs nor an SQLite database")
	}
	opened, err := sqlite.Open(data)
	if err != nil {
		return err
	}
	db := database{opened}
	runs, err := db.runs()
	if errors.Is(err, sqlite.ErrNoTable) {
		err = fmt.Errorf("it is no database of MLflow: %w", err)
	}
	if err != nil {
		return err
	}
	run, err := s.chosen(db, runs)
	if err != nil {
		return err
	}
	found := map[string]float64{}
	err = db.Rows("latest_metrics", []string{"run_uuid", "key", "value", "is_nan"}, func(row []sqlite.Value) error {
		if row[0].Text() != run.id {
			return nil
		}
		if len(found) >= maxMetrics {
			return errTooMany
		}
		v, ok := numberOf(row[2], row[3])
		if _, twice := found[row[1].Text()]; twice || !ok {
			return fmt.Errorf("the metric %.60q of run %s has no value, or two", row[1].Text(), run.id)
		}
		found[row[1].Text()] = v
		return nil
	})
	if err != nil {
		return err
	}
	for _, key := range sortedKeys(found) {
		if err := s.figure(mlgate.Metric{Name: key, Value: mlgate.Number(found[key])}); err != nil {
			return err
		}
	}
	return nil
}

// numberOf is a value as MLflow means it: a database keeps no NaN, which stands in a column of its own, and no
// infinity, for which the largest number stands.
func numberOf(value, isNaN sqlite.Value) (float64, bool) {
	v, ok := value.Float()
	if nan, _ := isNaN.Int(); nan != 0 {
		return math.NaN(), true
	}
	if math.Abs(v) == math.MaxFloat64 {
		v = math.Inf(int(math.Copysign(1, v)))
	}
	return v, ok
}

// runs are those that are not deleted.
func (db database) runs() ([]mlflowRun, error) {
	var runs []mlflowRun
	at := map[string]int{}
	err := db.Rows("runs", []string{"run_uuid", "name", "status", "start_time", "lifecycle_stage"}, func(row []sqlite.Value) error {
		if row[4].Text() == "deleted" || row[0].Text() == "" {
			return nil
		}
		if len(runs) >= maxRuns {
			return errManyRuns
		}
		run := mlflowRun{id: row[0].Text(), name: row[1].Text(), status: row[2].Text()}
		run.start, _ = row[3].Int()
		at[run.id] = len(runs)
		runs = append(runs, run)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(runs) == 0 {
		return nil, errors.New("it holds no run of MLflow")
	}
	return runs, db.Rows("tags", []string{"run_uuid", "key", "value"}, func(row []sqlite.Value) error {
		i, ok := at[row[0].Text()]
		switch key := row[1].Text(); {
		case !ok:
		case key == "mlflow.parentRunId":
			runs[i].child = true
		case key == "mlflow.runName" && runs[i].name == "":
			runs[i].name = row[2].Text()
		}
		return nil
	})
}

func (database) isChild(run mlflowRun) bool { return run.child }

// versionOf is the version that an alias of a model stands for.
func (db database) versionOf(model, alias string) (string, error) {
	version := ""
	err := db.Rows("registered_model_aliases", []string{"name", "alias", "version"}, func(row []sqlite.Value) error {
		if n, ok := row[2].Int(); ok && row[0].Text() == model && row[1].Text() == alias {
			version = fmt.Sprint(n)
		}
		return nil
	})
	return version, err
}

// runOf is the run that a version of a model was made by.
func (db database) runOf(model, version string) (string, error) {
	run := ""
	err := db.Rows("model_versions", []string{"name", "version", "run_id", "current_stage"}, func(row []sqlite.Value) error {
		if n, ok := row[1].Int(); ok && row[0].Text() == model && fmt.Sprint(n) == version && row[3].Text() != deletedVersion {
			run = row[2].Text()
		}
		return nil
	})
	return run, err
}
