package reader

import (
	"errors"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxRunFile is the size of one .wandb file, in bytes: it holds the whole history, and the console's output.
const maxRunFile = 128 << 20

// wandbRun is what the records of a run say.
type wandbRun struct {
	summary map[string]any // by name; what W&B shows
	history map[string]bool
	ended   bool
	code    int64
}

// readWandb reads the .wandb file of one run.
func readWandb(s *sheet, data []byte) error {
	run := wandbRun{summary: map[string]any{}, history: map[string]bool{}}
	if err := logRecords(data, run.record); err != nil {
		return err
	}
	switch {
	case !run.ended:
		return errors.New("the run is not finished: it has no record of its end")
	case run.code != 0:
		return fmt.Errorf("the run ended with code %d", run.code)
	}
	return run.into(s)
}

// wandb reads a folder of runs of W&B: the one that src names by its id or its folder, or the latest by the
// time in its folder's name.
func (st *store) wandb(s *sheet) error {
	files, err := st.files(".")
	if err != nil {
		return err
	}
	var best []string
	runs := 0
	for _, file := range files {
		if path.Ext(file) != ".wandb" {
			continue
		}
		runs++
		dir := path.Base(path.Dir(file))
		id := strings.TrimPrefix(strings.TrimSuffix(path.Base(file), ".wandb"), "run-")
		switch want := s.src.Run; {
		case want != "" && want != id && want != dir:
		case want != "" || len(best) == 0 || startOf(file) == startOf(best[0]):
			best = append(best, file)
		case startOf(file) > startOf(best[0]):
			best = []string{file}
		}
	}
	err = s.only(runs, best, "it holds no run of W&B: those are files run-ID.wandb", "the id or the folder", "name one by its folder with `run`")
	if err != nil {
		return err
	}
	data, err := st.read(best[0])
	if err != nil {
		return err
	}
	if err := readWandb(s, data); err != nil {
		return fmt.Errorf("%q: %w", best[0], err)
	}
	return nil
}

// startOf is the time in the name of a run's folder, which is [offline-]run-YYYYMMDD_HHMMSS-ID.
func startOf(file string) string {
	dir := strings.TrimPrefix(path.Base(path.Dir(file)), "offline-")
	parts := strings.Split(dir, "-")
	if len(parts) < 3 || parts[0] != "run" {
		return ""
	}
	return parts[1]
}

// record reads a Record: wandb/proto/wandb_internal.proto.
func (r *wandbRun) record(data []byte) error {
	return eachField(data, func(f wireField) error {
		switch f.num {
		case 2:
			return eachField(f.bytes, r.logged)
		case 3:
			return eachField(f.bytes, r.shown)
		case 18:
			r.ended, r.code = true, 0
			return eachField(f.bytes, func(f wireField) error {
				if f.num == 1 {
					r.code = f.whole()
				}
				return nil
			})
		}
		return nil
	})
}

// logged notes the names that a step of the history logs.
func (r *wandbRun) logged(f wireField) error {
	if f.num != 1 {
		return nil
	}
	name, _, err := wandbItem(f.bytes)
	if len(r.history) > maxMetrics {
		return errTooMany
	}
	r.history[name] = true
	return err
}

// shown changes the summary, as the record says: updates, and names that are taken out.
func (r *wandbRun) shown(f wireField) error {
	if f.num != 1 && f.num != 2 {
		return nil
	}
	name, value, err := wandbItem(f.bytes)
	if err != nil {
		return err
	}
	if len(r.summary) > maxMetrics {
		return errTooMany
	}
	if f.num == 2 {
		delete(r.summary, name)
		return nil
	}
	v, err := decodeJSON([]byte(value))
	if err != nil {
		return fmt.Errorf("the value of %.60q: %w", name, err)
	}
	r.summary[name] = v
	return nil
}

// wandbItem is the name and the JSON value of a HistoryItem or a SummaryItem; nested keys are joined by dots.
func wandbItem(message []byte) (name, value string, err error) {
	var keys []string
	err = eachField(message, func(f wireField) error {
		switch f.num {
		case 1, 2:
			keys = append(keys, f.text())
		case 16:
			value = f.text()
		}
		return nil
	})
	if len(keys) > maxDepth {
		return "", "", fmt.Errorf("a name is nested more than %d levels deep", maxDepth)
	}
	for _, k := range keys {
		name = join(name, k)
	}
	return name, value, err
}

// into writes the numbers of the summary. What begins with _ W&B counts itself: steps, times.
func (r *wandbRun) into(s *sheet) error {
	own := map[string]any{}
	for _, name := range sortedKeys(r.summary) {
		if strings.HasPrefix(name, "_") {
			own[name] = nil
			continue
		}
		if err := s.shownValue(name, r.summary[name], 0); err != nil {
			return err
		}
	}
	s.beside(own)
	for _, name := range sortedKeys(r.history) {
		if _, is := r.summary[name]; !is && !strings.HasPrefix(name, "_") {
			s.drop(name, "in the history and not in the summary")
		}
	}
	return nil
}

// What trackers write as text where JSON has no number.
var (
	specialTexts = []string{"NaN", "Infinity", "-Infinity"}
	specials     = []float64{math.NaN(), math.Inf(1), math.Inf(-1)}
)

// shownValue writes a value of the summary: numbers, also within objects, and W&B's texts for those that JSON
// does not have.
func (s *sheet) shownValue(name string, v any, depth int) error {
	if object := object(v); object != nil && depth < maxDepth {
		for _, k := range sortedKeys(object) {
			if err := s.shownValue(join(name, k), object[k], depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	f, isNumber := ownNumber(v)
	if special := slices.Index(specialTexts, text(v)); special >= 0 {
		f, isNumber = specials[special], true
	}
	if !isNumber {
		s.drop(name, what(v))
		return nil
	}
	return s.figure(mlgate.Metric{Name: name, Value: mlgate.Number(f)})
}
