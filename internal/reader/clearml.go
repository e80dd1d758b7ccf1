package reader

import (
	"errors"
	"fmt"

	"github.com/mlgate/mlgate/internal/pattern"
	"github.com/mlgate/mlgate/internal/wire/unzip"
)

// replaced is what ClearML writes into its log when it has put a finite number, 0 by itself, in the place of one
// that is not (clearml/backend_interface/metrics/events.py).
var replaced = pattern.Lazy(`(NaN|inf) value encountered\. Reporting it as '-?[0-9]`)

func startsClearML(data []byte) bool { return holds(data, "task.json", "metrics.jsonl") }

// readClearML reads an offline session of ClearML: of every scalar, METRIC.VARIANT, the last value.
func readClearML(s *sheet, data []byte) error {
	archive, err := unzip.Open(data, maxEntries)
	if err != nil {
		return err
	}
	if _, err := objectOf(archive, "task.json"); err != nil {
		return err
	}
	events, err := textOf(archive, "metrics.jsonl")
	if err != nil {
		return err
	}
	if text, err := archive.Read("log.jsonl", maxEntry); err == nil {
		if replaced().Match(text) {
			return errors.New("ClearML wrote a number for a NaN or an infinity, and does not say where: let the code call Logger.set_reporting_nan_value(float(\"nan\")) and set_reporting_inf_value(float(\"inf\"))")
		}
	}
	log := clearmlLog{scalars: logs{}, of: map[string][2]string{}, others: map[string]any{}}
	if err := eachLine(events, log.events); err != nil {
		return fmt.Errorf("\"metrics.jsonl\": %w", err)
	}
	if err := log.scalars.into(s); err != nil {
		return err
	}
	s.beside(log.others)
	return nil
}

// clearmlLog is what the events of a session say.
type clearmlLog struct {
	scalars logs
	of      map[string][2]string // metric and variant by the name that is made of them
	others  map[string]any       // plots, images
}

// events reads one line: a list of events. What is called Summary are single values.
func (l *clearmlLog) events(line node) error {
	if _, is := line.v.([]any); !is {
		return errors.New("it is no list of events")
	}
	for _, e := range line.list() {
		of := [2]string{e.at("metric").text(), e.at("variant").text()}
		name := join(of[0], of[1])
		if of[0] == "Summary" {
			name = of[1]
		}
		if e.at("type").text() != "training_stats_scalar" {
			if len(l.others) <= maxMetrics {
				l.others[name] = nil
			}
			continue
		}
		value, is := e.at("value").number()
		step, hasStep := e.at("iter").number()
		time, _ := e.at("timestamp").number()
		if !is || !hasStep {
			return fmt.Errorf("the scalar %.60q has no number, or no step", name)
		}
		if other, twice := l.of[name]; twice && other != of {
			return fmt.Errorf("the name %.60q stands in it twice, of %.60q and %.60q", name, other, of)
		}
		l.of[name] = of
		if err := l.scalars.log(name, point{step: int64(step), time: time, value: value}); err != nil {
			return err
		}
	}
	return nil
}

// clearml reads a folder with offline sessions, such as CLEARML_CACHE_DIR.
func (st *store) clearml(s *sheet) error {
	return st.one(s, later{is: isZip, looks: startsClearML, titles: clearmlTitles, began: clearmlBegan, read: readClearML})
}

func clearmlTitles(data []byte) []string {
	archive, err := unzip.Open(data, maxEntries)
	if err != nil {
		return nil
	}
	task, err := objectOf(archive, "task.json")
	if err != nil {
		return nil
	}
	return []string{task.at("id").text(), task.at("name").text()}
}

// clearmlBegan is the time of the first event: the session itself says none.
func clearmlBegan(data []byte) float64 {
	archive, err := unzip.Open(data, maxEntries)
	if err != nil {
		return 0
	}
	events, err := textOf(archive, "metrics.jsonl")
	if err != nil {
		return 0
	}
	return numberIn(events, func(line node) node {
		for _, e := range line.list() {
			return e.at("timestamp")
		}
		return node{}
	})
}
