package reader

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

func startsNeptune(data []byte) bool { return bytes.HasPrefix(data, []byte(`{"obj": {"type": "`)) }

// Namespaces that Neptune fills itself.
var neptuneOwn = []string{"sys", "source_code", "monitoring"}

// neptuneRun is what the operations of a run leave.
type neptuneRun struct {
	fields map[string]neptuneField
	own    map[string]any
	failed bool
}

// neptuneField is the last value of a field: of a series the one with the highest step.
type neptuneField struct {
	value float64
	step  float64
	is    bool // a number
	what  string
}

// readNeptune reads the operations of one offline run of Neptune: data-1.log.
func readNeptune(s *sheet, data []byte) error {
	data, err := plainText(s.src, data, maxEntry)
	if err != nil {
		return err
	}
	run := neptuneRun{fields: map[string]neptuneField{}, own: map[string]any{}}
	if err := eachLine(data, run.operation); err != nil {
		return err
	}
	if run.failed {
		return errors.New("the run failed: Neptune set sys/failed")
	}
	for _, name := range sortedKeys(run.fields) {
		f := run.fields[name]
		if !f.is {
			s.drop(name, f.what)
			continue
		}
		if err := s.add(name, f.value); err != nil {
			return err
		}
	}
	s.beside(run.own)
	return nil
}

func (r *neptuneRun) operation(line node) error {
	obj := line.at("obj")
	kind := obj.at("type").text()
	var keys []string
	for _, k := range obj.at("path").list() {
		keys = append(keys, k.text())
	}
	if kind == "" || len(keys) == 0 || slices.Contains(keys, "") {
		return errors.New("it is no operation of Neptune: it has no type, or no path")
	}
	name := strings.Join(keys, "/")
	if slices.Contains(neptuneOwn, keys[0]) && len(keys) > 1 {
		is, _ := obj.at("value").truth()
		r.failed = r.failed || name == "sys/failed" && is
		r.own[keys[0]] = nil
		return nil
	}
	if len(r.fields) > maxMetrics {
		return errTooMany
	}
	return r.set(name, kind, obj)
}

func (r *neptuneRun) set(name, kind string, obj node) error {
	value, is := obj.at("value").number()
	switch kind {
	case "AssignFloat", "AssignInt":
		if !is {
			return fmt.Errorf("the value of %.60q is no number", name)
		}
		r.fields[name] = neptuneField{value: value, is: true}
	case "LogFloats":
		return r.logged(name, obj.at("values").list())
	case "DeleteAttribute", "ClearFloatLog":
		delete(r.fields, name)
	case "ConfigFloatSeries":
	case "CopyAttribute":
		r.fields[name] = neptuneField{what: "a copy of a field of another run"}
	case "AssignBool":
		r.fields[name] = neptuneField{what: "true or false"}
	case "AssignString", "LogStrings", "AddStrings", "RemoveStrings":
		r.fields[name] = neptuneField{what: "text"}
	default:
		r.fields[name] = neptuneField{what: fmt.Sprintf("no number (%.40s)", kind)}
	}
	return nil
}

// logged goes on with a series. A point without a step is one after the last; one that is not after it Neptune
// refuses.
func (r *neptuneRun) logged(name string, values []node) error {
	for _, v := range values {
		value, is := v.at("value").number()
		if !is {
			return fmt.Errorf("a value of %.60q is no number", name)
		}
		last, was := r.fields[name]
		was = was && last.is
		step, hasStep := v.at("step").number()
		switch {
		case !hasStep && was:
			step = last.step + 1
		case hasStep && was && step <= last.step:
			return fmt.Errorf("the step of %.60q goes back from %v to %v, which Neptune refuses", name, last.step, step)
		}
		r.fields[name] = neptuneField{value: value, step: step, is: true}
	}
	return nil
}

// neptune reads a folder with offline runs, such as .neptune. A run in several files of operations has too many.
func (st *store) neptune(s *sheet) error {
	is := func(file string) bool {
		base := path.Base(file)
		return strings.HasPrefix(base, "data-") && strings.HasSuffix(base, ".log")
	}
	return st.one(s, later{is: is, looks: startsNeptune, titles: neptuneTitles, began: neptuneBegan, read: readNeptune})
}

func neptuneTitles(data []byte) []string {
	var titles []string
	_ = eachLine(data, func(line node) error { // what cannot be read is told where it is chosen
		keys := line.at("obj", "path").list()
		if len(keys) == 2 && keys[0].text() == "sys" && keys[1].text() == "name" {
			titles = append(titles, line.at("obj", "value").text())
		}
		return nil
	})
	return titles
}

func neptuneBegan(data []byte) float64 {
	return numberIn(data, func(line node) node { return line.at("at") })
}
