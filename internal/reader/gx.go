package reader

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// looksGX recognises what Great Expectations writes: the result of a suite or of a checkpoint, 0.x and 1.x,
// as JSON or as `describe()` gives it.
func looksGX(s shape) bool {
	of := s.at("statistics")
	return s.has("successt") && (of.has("evaluated_expectations0") && (s.has("results[") || s.has("expectations[")) ||
		of.has("evaluated_validations0") && s.has("validation_results[") || s.has("run_results{"))
}

// readGX turns each expectation into a check. What it observed becomes metrics, where that is a number.
// Values of the data that Great Expectations cites are not read: they may be people's.
func readGX(s *sheet, data []byte) error {
	v, err := decodeJSON(data)
	if err != nil {
		return err
	}
	s.src.Prefix = cmp.Or(s.src.Prefix, "gx")
	g := gxReader{sheet: s}
	top := node{v}
	switch {
	case top.has("run_results"):
		results := top.at("run_results")
		for _, k := range results.keys() {
			one := results.at(k)
			if one.has("validation_result") {
				one = one.at("validation_result")
			}
			g.suites = append(g.suites, one)
		}
	case top.has("validation_results"):
		g.suites = top.at("validation_results").list()
	case top.has("results"), top.has("expectations"):
		g.suites = []node{top}
	default:
		return errors.New("it is no result of Great Expectations: it has none of results, expectations, run_results, validation_results")
	}
	for i, suite := range g.suites {
		if err := g.suite(suite); err != nil {
			return fmt.Errorf("result %d: %w", i+1, err)
		}
	}
	return g.end(top)
}

// gxReader reads the results of suites.
type gxReader struct {
	*sheet
	suites []node
	found  []expectation
}

// expectation is one of them on its way to a check.
type expectation struct {
	name, more string // more tells two of one name apart
	status     mlgate.CheckStatus
	message    string
	result     node
}

func (g *gxReader) suite(suite node) error {
	results := append(suite.at("results").list(), suite.at("expectations").list()...)
	bad := 0
	for i, r := range results {
		e, err := g.expectation(g.where(suite), r)
		if err != nil {
			return fmt.Errorf("expectation %d: %w", i+1, err)
		}
		if e.status != mlgate.CheckPassed {
			bad++
		}
		g.found = append(g.found, e)
	}
	said, _ := suite.at("statistics", "unsuccessful_expectations").number()
	if ok, known := suite.at("success").truth(); int(said) > bad || known && !ok && bad == 0 {
		return fmt.Errorf("it says that %s expectations failed and lists %d of them", cmp.Or(suite.at("statistics", "unsuccessful_expectations").show(), "some"), bad)
	}
	if all, ok := suite.at("statistics", "evaluated_expectations").number(); ok && int(all) > len(results) {
		g.drop(strings.TrimSuffix(g.where(suite), "/"), fmt.Sprintf("the result of %d expectations, %d of them not listed", int(all), int(all)-len(results)))
	}
	return nil
}

// where names a suite: of several in one file, with the data that it is about.
func (g *gxReader) where(suite node) string {
	name := cmp.Or(suite.at("suite_name").text(), suite.at("meta", "expectation_suite_name").text())
	asset := suite.at("meta", "active_batch_definition", "data_asset_name").text()
	if len(g.suites) > 1 && asset != "" {
		name = strings.Trim(asset+"."+name, ".")
	}
	if name == "" {
		return ""
	}
	return name + "/"
}

func (g *gxReader) expectation(where string, r node) (expectation, error) {
	config := r
	if r.has("expectation_config") {
		config = r.at("expectation_config")
	}
	kind := cmp.Or(config.at("type").text(), config.at("expectation_type").text())
	ok, known := r.at("success").truth()
	switch {
	case kind == "":
		return expectation{}, errors.New("it has no type")
	case !known:
		return expectation{}, fmt.Errorf("%s: success is neither true nor false", kind)
	}
	e := expectation{name: where + kind, status: mlgate.CheckFailed, result: r.at("result")}
	e.name, e.more = e.name+gxArguments(config.at("kwargs"), true), where+kind+gxArguments(config.at("kwargs"), false)
	severity := config.at("severity").text()
	why, raised := gxException(r.at("exception_info"))
	switch {
	case raised:
		e.status, e.message = mlgate.CheckError, why
	case ok:
		e.status = mlgate.CheckPassed
	case severity == "warning" || severity == "info":
		e.status = mlgate.CheckWarned
	}
	if e.message == "" && !ok {
		e.message = gxMessage(r.at("result"), config.at("kwargs"))
	}
	return e, nil
}

// gxDomain are the arguments that say what an expectation is about; the others say what it expects.
var gxDomain = map[string]bool{"column": true, "column_A": true, "column_B": true, "column_list": true, "column_set": true, "row_condition": true, "metric": true}

func gxArguments(kwargs node, domain bool) string {
	var parts []string
	for _, k := range kwargs.keys() {
		if k == "batch_id" || domain && !gxDomain[k] {
			continue
		}
		value := kwargs.at(k).show()
		if list := kwargs.at(k).list(); len(list) > 0 {
			var all []string
			for _, l := range list {
				all = append(all, l.show())
			}
			value = strings.Join(all, ",")
		}
		if value != "" {
			parts = append(parts, k+"="+value)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "(" + strings.Join(parts, ",") + ")"
}

// gxException finds what was raised; 1.x keeps it by the metric that was computed.
func gxException(info node) (message string, raised bool) {
	for _, at := range append([]node{info}, below(info)...) {
		if is, _ := at.at("raised_exception").truth(); is {
			return at.at("exception_message").text(), true
		}
	}
	return "", false
}

func below(n node) []node {
	var out []node
	for _, k := range n.keys() {
		out = append(out, n.at(k))
	}
	return out
}

// gxMessage tells counts and limits, and no value of the data but one that was computed.
func gxMessage(result, kwargs node) string {
	var parts []string
	if n, all := result.at("unexpected_count").show(), result.at("element_count").show(); n != "" && all != "" {
		parts = append(parts, fmt.Sprintf("%s of %s values are unexpected", n, all))
	}
	if f, ok := result.at("observed_value").number(); ok {
		parts = append(parts, "observed "+strconv.FormatFloat(f, 'g', 6, 64))
	}
	for _, k := range []string{"mostly", "min_value", "max_value"} {
		if v := kwargs.at(k).show(); v != "" {
			parts = append(parts, k+" "+v)
		}
	}
	return strings.Join(parts, "; ")
}

// end names the checks: by what they are about, and where two share that, by all they expect.
func (g *gxReader) end(top node) error {
	if len(g.found) == 0 {
		return errors.New("it lists no expectation: nothing was checked")
	}
	if ok, known := top.at("success").truth(); known && !ok && !anyBad(g.found) {
		return errors.New("it says that it failed, and lists no expectation that did")
	}
	n := map[string]int{}
	for _, e := range g.found {
		n[e.name]++
	}
	for _, e := range g.found {
		if n[e.name] > 1 {
			e.name = e.more
		}
		name := g.check(e.name, e.status, e.message)
		if err := g.observed(strings.TrimPrefix(name, visible(g.src.Prefix)+"/"), e.result); err != nil {
			return err
		}
	}
	return g.counts()
}

func anyBad(all []expectation) bool {
	for _, e := range all {
		if e.status != mlgate.CheckPassed {
			return true
		}
	}
	return false
}

// observed are an expectation's numbers. unexpected_percent is in percent, as the tool writes it.
func (g *gxReader) observed(name string, result node) error {
	if f, ok := result.at("observed_value").number(); ok {
		if err := g.add(name+".observed_value", f); err != nil {
			return err
		}
	} else if result.has("observed_value") {
		g.drop(name+".observed_value", "no number")
	}
	f, ok := result.at("unexpected_percent").number()
	if !ok {
		return nil
	}
	m := mlgate.Metric{Name: g.name(name + ".unexpected_percent"), Value: number(f), Unit: "%"}
	m.N, _ = count(result.at("element_count").v)
	return g.put(m)
}
