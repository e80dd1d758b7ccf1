package reader

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// What classification_report(output_dict=True) of scikit-learn calls its columns and its averages.
var (
	reportScores   = []string{"precision", "recall", "f1-score"}
	reportAverages = []string{"macro avg", "micro avg", "samples avg", "weighted avg"}
)

var errNoReport = errors.New("it is no classification_report(output_dict=True): it has no rows \"macro avg\" and \"weighted avg\"")

// looksSklearn recognises a classification report: it has the averages that every report has, and nothing
// but rows and the accuracy.
func looksSklearn(s shape) bool {
	for k, below := range s.keys {
		if !rowShape(below) && (k != "accuracy" || !below.number()) {
			return false
		}
	}
	return rowShape(s.at("macro avg")) && rowShape(s.at("weighted avg"))
}

func rowShape(s shape) bool {
	for _, k := range append([]string{"support"}, reportScores...) {
		if !s.at(k).number() {
			return false
		}
	}
	return len(s.keys) == len(reportScores)+1
}

// readSklearn reads a classification report of scikit-learn. The row of a class becomes slices, measured
// on its support; averages and the accuracy keep their names.
func readSklearn(s *sheet, data []byte) error {
	v, err := decodeJSON(data)
	if err != nil {
		return err
	}
	top := object(v)
	all := object(top["weighted avg"])
	if object(top["macro avg"]) == nil || all == nil {
		return errNoReport
	}
	weighted := false
	for _, row := range top {
		_, whole := count(object(row)["support"])
		weighted = weighted || object(row) != nil && !whole
	}
	if weighted {
		s.drop("support", "no whole number of examples: samples have weights")
	}
	counted := !weighted && reportCounted(top)
	for _, name := range sortedKeys(top) {
		f, isNumber := ownNumber(top[name])
		switch row := object(top[name]); {
		case row != nil:
			err = s.reportRow(name, row, weighted, counted)
		case name == "accuracy" && isNumber:
			m := mlgate.Metric{Name: name, Value: mlgate.Number(f)}
			if !weighted {
				m.N, _ = count(all["support"])
			}
			if counted {
				m.Hits, _ = hitsOf(f, m.N)
			}
			err = s.figure(m)
		default:
			s.drop(name, "no row of a classification report")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// fullDecimals is how many decimals a number has at least that nobody rounded.
const fullDecimals = 10

// reportCounted says that recalls and accuracy are shares of whole examples, as they stand: then it is known how
// many were right. Where numbers were rounded there may be two counts that they fit, and none is taken.
func reportCounted(top map[string]any) bool {
	decimals, most, whole := 0, int64(1), true
	for name, value := range top {
		row := object(value)
		for _, key := range reportScores {
			decimals = max(decimals, decimalsOf(row[key]))
		}
		share, n := row["recall"], row["support"]
		if name == "accuracy" {
			share, n = top[name], object(top["weighted avg"])["support"]
			decimals = max(decimals, decimalsOf(share))
		}
		f, isNumber := ownNumber(share)
		of, _ := count(n)
		if slices.Contains(reportAverages, name) || of == 0 {
			continue
		}
		_, is := hitsOf(f, of)
		if !isNumber || !is {
			return false
		}
		most, whole = max(most, of), whole && f == math.Trunc(f)
	}
	return whole || decimals >= fullDecimals || float64(most) <= math.Pow10(decimals)
}

// hitsOf is how many of n examples make a share.
func hitsOf(share float64, n int64) (*int64, bool) {
	hits := int64(math.Round(share * float64(n)))
	return &hits, hits >= 0 && hits <= n && math.Abs(share-float64(hits)/float64(n)) <= 1e-12
}

// decimalsOf is how many decimals a number is written with.
func decimalsOf(v any) int {
	n, _ := v.(json.Number)
	if strings.ContainsAny(n.String(), "eE") {
		return fullDecimals
	}
	_, after, _ := strings.Cut(n.String(), ".")
	return len(after)
}

// reportRow reads one row. Weighted samples are no whole number, and then nobody knows of how many
// examples a row is.
func (s *sheet) reportRow(name string, row map[string]any, weighted, counted bool) error {
	n, whole := count(row["support"])
	if whole && n == 0 {
		s.drop(name, "measured on no example")
		return nil
	}
	if weighted {
		n = 0
	}
	for _, key := range sortedKeys(row) {
		f, isNumber := ownNumber(row[key])
		if key == "support" {
			continue
		}
		if !isNumber {
			s.drop(name+"."+key, "no number")
			continue
		}
		m := mlgate.Metric{Name: name + "." + key, Value: mlgate.Number(f), N: n}
		if !slices.Contains(reportAverages, name) {
			m.Name, m.Slice = key, map[string]string{"class": name}
			if counted && key == "recall" {
				m.Hits, _ = hitsOf(f, n)
			}
		}
		if err := s.figure(m); err != nil {
			return err
		}
	}
	return nil
}
