package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// DiffJSON is the difference as one line of JSON in ASCII; numbers that are not finite are strings.
func DiffJSON(d mlgate.Diff) ([]byte, error) {
	data, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("writing JSON: %w", err)
	}
	return append(unmarked(mlgate.ASCII(data), jsonHash), '\n'), nil
}

// diffRow is one line of a difference's table.
type diffRow struct {
	file, name, old, new, change string
	trend                        int
}

// diffTable is one kind of rows.
type diffTable struct {
	what string // the name column's head
	rows []diffRow
}

// maxCell is how many characters of a text value are shown.
const maxCell = 40

// tables turns a difference into cells. Names and text values are foreign still.
func tables(d mlgate.Diff) []diffTable {
	metrics := diffTable{what: "metric"}
	for _, m := range d.Metrics {
		r := diffRow{file: m.File, name: m.Name, trend: trend(m.Old, m.New, m.Better)}
		r.old, r.new, r.change = Number(m.Old, m.New, "")
		r.change += trendWord(r.trend)
		metrics.rows = append(metrics.rows, r.sides(m.Old == nil, m.New == nil))
	}
	return []diffTable{{"check", checkRows(d.Checks)}, metrics, {"value", valueRows(d.Values)}, {"param", valueRows(d.Params)}}
}

// checkRows tell how checks ended. One that is skipped, or not there, is neither better nor worse.
func checkRows(all []mlgate.CheckDiff) []diffRow {
	rank := map[mlgate.CheckStatus]int{mlgate.CheckPassed: 3, mlgate.CheckWarned: 2, mlgate.CheckFailed: 1, mlgate.CheckError: 1}
	var rows []diffRow
	for _, c := range all {
		r := diffRow{file: c.File, name: c.Name, old: string(c.Old), new: string(c.New)}
		if a, b := rank[c.Old], rank[c.New]; a > 0 && b > 0 {
			r.trend = cmp.Compare(b, a)
		}
		if r.change = strings.TrimSpace(trendWord(r.trend)); c.Old == c.New {
			r.change = "="
		}
		rows = append(rows, r.sides(c.Old == "", c.New == ""))
	}
	return rows
}

func valueRows(all []mlgate.ValueDiff) []diffRow {
	var rows []diffRow
	for _, v := range all {
		r := diffRow{file: v.File, name: v.Name}
		r.old, r.new = cells(v.Old, v.New)
		if v.Old != nil && v.New != nil && *v.Old == *v.New {
			r.change = "="
		}
		rows = append(rows, r.sides(v.Old == nil, v.New == nil))
	}
	return rows
}

// cells are both values, and of long ones the part where they begin to differ.
func cells(a, b *string) (string, string) {
	if a == nil || b == nil {
		return cell(a, 0), cell(b, 0)
	}
	same, other := []rune(*a), []rune(*b)
	n := 0
	for n < len(same) && n < len(other) && same[n] == other[n] {
		n++
	}
	if max(len(same), len(other)) <= maxCell || n < maxCell/2 || (n == len(same) && n == len(other)) {
		n = 0
	}
	return cell(a, n), cell(b, n)
}

// cell is a value for a table, from shortly before the n-th character on.
func cell(s *string, n int) string {
	switch {
	case s == nil:
		return ""
	case *s == "":
		return `""`
	case n > 0:
		return inert.Clip("…"+string([]rune(*s)[n-maxCell/4:]), maxCell)
	}
	return inert.Clip(*s, maxCell)
}

func (r diffRow) sides(noOld, noNew bool) diffRow {
	switch {
	case noOld:
		r.change = "new"
	case noNew:
		r.change = "gone"
	}
	return r
}

// maxDiffName is how many characters of a name are shown on a terminal.
const maxDiffName = 64

// middle cuts a long name where names of one tool are least unlike: they begin alike, and end with what they are
// about.
func middle(name string) string {
	all := []rune(name)
	if len(all) <= maxDiffName {
		return name
	}
	return string(all[:maxDiffName/3]) + "…" + string(all[len(all)-maxDiffName+maxDiffName/3+1:])
}

// onlyFile is the file that all rows come from: it then heads their names, and no column names it.
// Empty: they come from several.
func (t diffTable) onlyFile() string {
	for _, r := range t.rows {
		if r.file != t.rows[0].file {
			return ""
		}
	}
	return t.rows[0].file
}

// diffSummary says in a sentence what there is and what is not shown.
func diffSummary(d mlgate.Diff) string {
	n := len(d.Checks) + len(d.Metrics) + len(d.Values) + len(d.Params)
	switch {
	case d.Files == 0 && len(d.Skipped)+len(d.Unreadable) == 0:
		return "no metric file on either side; name them under `evidence` in mlops.yaml or under `metrics` in dvc.yaml"
	case d.Files == 0:
		return "nothing could be compared"
	case n == 0:
		return fmt.Sprintf("no difference in %s", mlgate.Counted(d.Files, "file"))
	}
	return fmt.Sprintf("%s compared, %d the same; %s unchanged in the others", mlgate.Counted(d.Files, "file"), d.Same, mlgate.Counted(d.Unchanged, "value"))
}

func sideName(s mlgate.DiffSide) string {
	if s.Commit == "" || strings.HasPrefix(s.Commit, s.Name) {
		return s.Name
	}
	return fmt.Sprintf("%s (%.7s)", s.Name, s.Commit)
}

// diffRemarks are the lines below the tables: renames, and what was not compared.
func diffRemarks(d mlgate.Diff) [][2]string {
	var out [][2]string
	for _, r := range d.Renamed {
		what := "renamed"
		if r.Runs {
			what = "latest of each side"
		}
		out = append(out, [2]string{what, r.Old + " → " + r.New})
	}
	for i, list := range [][]mlgate.DiffSkip{d.Unreadable, d.Skipped} {
		for _, s := range list {
			where := s.File
			if s.Side != "" {
				where += " (" + s.Side + ")"
			}
			out = append(out, [2]string{[]string{"could not be read", "skipped"}[i], where + ": " + s.Why})
		}
	}
	return out
}

// maxRemarks is how many of the remarks are shown; JSON has all.
const maxRemarks = 30

// DiffText is the difference for a terminal. Lines are coloured only where mlops.yaml says which way a
// metric gets better.
func DiffText(d mlgate.Diff, o TextOptions) string {
	var b strings.Builder
	fmt.Fprintln(&b, inert.Line(sideName(d.Old)+" → "+sideName(d.New)))
	for _, t := range tables(d) {
		if len(t.rows) > 0 {
			t.text(&b, d, o)
			fmt.Fprintln(&b)
		}
	}
	said := diffRemarks(d)
	for _, r := range said[:min(len(said), maxRemarks)] {
		fmt.Fprintln(&b, "  "+r[0]+": "+inert.Line(inert.Clip(r[1], 300)))
	}
	if n := len(said) - maxRemarks; n > 0 {
		fmt.Fprintf(&b, "  and %s more like these (--format json)\n", mlgate.Counted(n, "line"))
	}
	fmt.Fprintln(&b, "  "+diffSummary(d))
	return b.String()
}

func (t diffTable) text(b *strings.Builder, d mlgate.Diff, o TextOptions) {
	head := []string{"file", t.what, inert.Clip(inert.Line(d.Old.Name), 20), inert.Clip(inert.Line(d.New.Name), 20), "change"}
	lines := [][]string{head}
	for _, r := range t.rows {
		lines = append(lines, []string{inert.Clip(inert.Line(r.file), maxCell), middle(inert.Line(r.name)), inert.Line(r.old), inert.Line(r.new), r.change})
	}
	if file := t.onlyFile(); file != "" {
		head[1] = inert.Clip(inert.Line(file), maxCell)
		for i := range lines {
			lines[i][0] = ""
		}
	}
	var plain strings.Builder
	grid(&plain, lines, 2, 3)
	for i, line := range strings.Split(strings.TrimSuffix(plain.String(), "\n"), "\n") {
		if i > 0 && o.Color && t.rows[i-1].trend != 0 {
			line = "\x1b[" + map[int]string{1: "32", -1: "31"}[t.rows[i-1].trend] + "m" + line + "\x1b[0m"
		}
		fmt.Fprintln(b, line)
	}
}

// DiffMarkdown is the difference for a comment. When it would be longer than the limit, rows are left
// out from the end, with a count.
func DiffMarkdown(d mlgate.Diff, o Options) string {
	all := tables(d)
	var text string
	for _, level := range levels {
		var b strings.Builder
		fmt.Fprintf(&b, "### %s → %s\n", inert.Markdown(inert.Clip(sideName(d.Old), 100)), inert.Markdown(inert.Clip(sideName(d.New), 100)))
		for _, t := range all {
			if len(t.rows) > 0 {
				t.markdown(&b, d, level)
			}
		}
		said := diffRemarks(d)
		if len(said) > 0 {
			fmt.Fprintln(&b)
		}
		for _, r := range said[:min(len(said), maxRemarks)] {
			fmt.Fprintf(&b, "- **%s** %s\n", r[0], inert.Markdown(inert.Clip(r[1], 300)))
		}
		if n := len(said) - maxRemarks; n > 0 {
			fmt.Fprintf(&b, "- and %s more like these\n", mlgate.Counted(n, "line"))
		}
		fmt.Fprintf(&b, "\n<sub>%s</sub>\n", inert.Markdown(diffSummary(d)))
		if text = b.String(); o.Limit == 0 || len(utf16.Encode([]rune(text))) <= o.Limit {
			break
		}
	}
	return text
}

func (t diffTable) markdown(b *strings.Builder, d mlgate.Diff, level int) {
	file, line, what := "| file ", "|:--", t.what
	if only := t.onlyFile(); only != "" {
		file, line, what = "", "", name(only)
	}
	fmt.Fprintf(b, "\n%s| %s | %s | %s | change |\n%s|:--|--:|--:|:--|\n", file, what, name(d.Old.Name), name(d.New.Name), line)
	shown := t.rows[:min(len(t.rows), level)]
	for _, r := range shown {
		if file != "" {
			fmt.Fprintf(b, "| %s ", name(r.file))
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", name(r.name), name(r.old), name(r.new), r.change)
	}
	if n := len(t.rows) - len(shown); n > 0 {
		fmt.Fprintf(b, "\n%d more are left out here.\n", n)
	}
}
