package reader

import (
	"bytes"
	"fmt"
	"path"
	"slices"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/wire/unzip"
)

// Limits of a run that a tracker keeps for later, in bytes.
const (
	maxArchive = 128 << 20 // of the file: it may hold images and models
	maxEntry   = 64 << 20  // of one file in it, unpacked
	maxEntries = 8 << 20   // of the list of what it holds
)

// holds recognises an archive by the names of files that it holds.
func holds(data []byte, names ...string) bool {
	if !unzip.Starts(data) {
		return false
	}
	archive, err := unzip.Open(data, maxEntries)
	return err == nil && !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(archive.Names(), n) })
}

// textOf is a file of text in an archive.
func textOf(archive unzip.Archive, name string) ([]byte, error) {
	data, err := archive.Read(name, maxEntry)
	if err != nil {
		return nil, err
	}
	return plainText(mlgate.Source{Path: name}, data, maxEntry)
}

// objectOf is a file in an archive that is a JSON object.
func objectOf(archive unzip.Archive, name string) (node, error) {
	data, err := textOf(archive, name)
	if err != nil {
		return node{}, err
	}
	v, err := decodeJSON(data)
	if err != nil {
		return node{}, fmt.Errorf("%q: %w", name, err)
	}
	if object(v) == nil {
		return node{}, fmt.Errorf("%q is no object", name)
	}
	return node{v}, nil
}

// eachLine calls do for every line of JSON. A line that has no end was not written to its end.
func eachLine(data []byte, do func(node) error) error {
	for n := 1; len(data) > 0; n++ {
		line, rest, whole := bytes.Cut(data, []byte("\n"))
		if data = rest; len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if !whole {
			return fmt.Errorf("line %d: it ends in the middle: was it written to the end?", n)
		}
		v, err := decodeJSON(line)
		if err == nil {
			err = do(node{v})
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return nil
}

// numberIn is a number in the first line of JSON; 0: there is none.
func numberIn(data []byte, at func(node) node) float64 {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	v, err := decodeJSON(line)
	if err != nil {
		return 0
	}
	number, _ := at(node{v}).number()
	return number
}

// later is how a tracker keeps runs for later: a file for each.
type later struct {
	is     func(string) bool // by its path
	looks  func([]byte) bool
	titles func([]byte) []string // by which `run` may name it
	began  func([]byte) float64  // when it started, in its own unit
	read   func(*sheet, []byte) error
}

// one reads the latest run of a folder, or the one that src names, by its path below the folder or by its title.
func (st *store) one(s *sheet, tracker later) error {
	files, err := st.files(".")
	if err != nil {
		return err
	}
	var found []string
	var data []byte
	runs, best := 0, 0.0
	for _, file := range files {
		if !tracker.is(file) {
			continue
		}
		content, err := st.read(file)
		switch {
		case err != nil:
			return err
		case !tracker.looks(content):
			continue
		}
		if runs++; runs > maxRuns {
			return errManyRuns
		}
		began, named := tracker.began(content), tracker.named(s.src.Run, file, content)
		switch {
		case !named || s.src.Run == "" && len(found) > 0 && began < best:
			continue
		case s.src.Run == "" && began > best:
			found = nil
		}
		found, data, best = append(found, file), content, began
	}
	err = s.only(runs, found, "it holds no run that was kept for later", "the id, the name or the path", "name one with `run`, or empty the folder before the step")
	if err != nil {
		return err
	}
	if err := tracker.read(s, data); err != nil {
		return fmt.Errorf("%q: %w", found[0], err)
	}
	return nil
}

// named reports whether a run is asked for; empty: each.
func (t later) named(want, file string, content []byte) bool {
	return want == "" || want == file || want == path.Dir(file) || slices.Contains(t.titles(content), want)
}

func isZip(file string) bool { return path.Ext(file) == ".zip" }

// logs are the values of metrics that a tracker logs step by step, by what it calls them.
type logs map[string]point

// log notes a value: the last is of the highest step, then time, then value, as MLflow has it.
func (x logs) log(name string, p point) error {
	if last, is := x[name]; !is || p.after(last) {
		x[name] = p
	}
	if len(x) > maxMetrics {
		return errTooMany
	}
	return nil
}

func (x logs) into(s *sheet) error {
	for _, name := range sortedKeys(x) {
		if err := s.figure(mlgate.Metric{Name: name, Value: mlgate.Number(x[name].value)}); err != nil {
			return err
		}
	}
	return nil
}
