package reader

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// looksPromptfoo recognises what `promptfoo eval -o FILE.json` writes, whatever its version.
func looksPromptfoo(s shape) bool {
	return s.has("evalId\"", "results{") && s.at("results").has("version0", "results[", "stats{")
}

// outcomes counts the rows of an evaluation, or of one of its columns.
type outcomes struct {
	slice           map[string]string
	pass, score, ms average
	failed, errors  int
	cost            average
	named           map[string]*average
}

// readPromptfoo reads an evaluation of promptfoo (results.version 3): every row is one test of one
// prompt with one provider. What is read is counted from the rows; a row with an error has not passed, and
// is counted as an error. Where there are several prompts or providers, each column is a slice as well.
func readPromptfoo(s *sheet, data []byte) error {
	v, err := decodeJSON(data)
	if err != nil {
		return err
	}
	results := object(object(v)["results"])
	rows, isList := results["results"].([]any)
	switch {
	case results == nil || !isList:
		return errors.New("it is no evaluation of promptfoo: it has no results.results")
	case results["version"] != json.Number("3"):
		return fmt.Errorf("results.version is %v; of promptfoo's formats 3 is read", results["version"])
	case len(rows) == 0:
		return errors.New("it lists no test: nothing was evaluated")
	}
	columns := columnsOf(list(results["prompts"]))
	all := &outcomes{named: map[string]*average{}}
	for i, row := range rows {
		if err := all.count(s, object(row)); err != nil {
			return fmt.Errorf("results.results[%d]: %w", i, err)
		}
		at, ok := count(object(row)["promptIdx"])
		if ok && len(columns) > 1 && at < int64(len(columns)) {
			_ = columns[at].count(nil, object(row))
		}
	}
	s.statsOf(object(results["stats"]), all, len(rows))
	if err := s.outcomes(all); err != nil {
		return err
	}
	for _, c := range columns {
		if err := s.outcomes(c); err != nil {
			return err
		}
	}
	return nil
}

// columnsOf are the columns of the table, by provider and by number of the prompt: as far as these differ.
func columnsOf(prompts []any) []*outcomes {
	if len(prompts) < 2 {
		return nil
	}
	providers, texts, keys := map[string]int{}, map[string]int{}, map[string]bool{}
	number := func(of map[string]int, text string) int {
		if of[text] == 0 {
			of[text] = len(of) + 1
		}
		return of[text]
	}
	for _, p := range prompts {
		number(providers, text(object(p)["provider"]))
		number(texts, text(object(p)["raw"]))
	}
	var out []*outcomes
	for i, p := range prompts {
		slice := map[string]string{}
		if len(texts) > 1 {
			slice["prompt"] = strconv.Itoa(number(texts, text(object(p)["raw"])))
		}
		if len(providers) > 1 {
			slice["provider"] = text(object(p)["provider"])
		}
		key := fmt.Sprint(slice["prompt"], slice["provider"])
		if keys[key] {
			slice["column"] = strconv.Itoa(i + 1)
		}
		keys[key] = true
		out = append(out, &outcomes{slice: slice, named: map[string]*average{}})
	}
	return out
}

// count takes one row in. Without a sheet nothing is said of what is left out: the whole has said it.
func (o *outcomes) count(s *sheet, row map[string]any) error {
	success, ok := row["success"].(bool)
	if !ok {
		return errors.New("it does not say whether the test passed: \"success\" is not true or false")
	}
	o.pass.yes(success)
	switch {
	case success:
	case row["failureReason"] == json.Number("2"):
		o.errors++
	default:
		o.failed++
	}
	for _, c := range []struct {
		key string
		to  *average
	}{{"score", &o.score}, {"latencyMs", &o.ms}, {"cost", &o.cost}} {
		if f, ok := ownNumber(row[c.key]); ok {
			c.to.add(f)
		}
	}
	named := object(row["namedScores"])
	for _, k := range sortedKeys(named) {
		f, ok := ownNumber(named[k])
		switch {
		case ok && o.named[k] == nil:
			o.named[k] = &average{}
			fallthrough
		case ok:
			o.named[k].add(f)
		case s != nil:
			s.drop("namedScores."+k, what(named[k]))
		}
	}
	return nil
}

// statsOf tells it when promptfoo's own counts are others. The rows are what counts.
func (s *sheet) statsOf(stats map[string]any, o *outcomes, rows int) {
	for _, c := range []struct {
		key  string
		have int
	}{{"successes", rows - o.failed - o.errors}, {"failures", o.failed}, {"errors", o.errors}} {
		if n, ok := count(stats[c.key]); ok && n != int64(c.have) {
			s.drop("stats."+c.key, fmt.Sprintf("%d, and the rows say %d: the rows count", n, c.have))
		}
	}
}

// outcomes adds what was counted.
func (s *sheet) outcomes(o *outcomes) error {
	if o.pass.n == 0 {
		return nil
	}
	counts := func(name string, n float64) mlgate.Metric {
		return mlgate.Metric{Name: name, Value: mlgate.Number(n), Slice: o.slice}
	}
	all := []mlgate.Metric{
		o.pass.metric("pass_rate", o.slice), counts("tests", float64(o.pass.n)),
		counts("passed", float64(o.pass.n)-float64(o.failed+o.errors)), counts("failed", float64(o.failed)), counts("errors", float64(o.errors)),
	}
	for _, c := range []struct {
		name, unit string
		of         *average
	}{{"score", "", &o.score}, {"latency", "ms", &o.ms}, {"cost", "", &o.cost}} {
		if m := c.of.metric(c.name, o.slice); m.N > 0 {
			m.Unit = c.unit
			all = append(all, m)
		}
	}
	for _, k := range sortedKeys(o.named) {
		all = append(all, o.named[k].metric("namedScores."+k, o.slice))
	}
	for _, m := range all {
		if err := s.figure(m); err != nil {
			return err
		}
	}
	return nil
}
