package sqlite

import (
	"errors"
	"slices"
	"strings"
)

// columns are those of a table, in the order of its rows.
type columns struct {
	names []string
	rowid int // the column that is the rowid, and is kept nowhere else; -1: none
}

func (c columns) find(name string) (int, bool) {
	i := slices.Index(c.names, lower(name))
	return i, i >= 0
}

var errCreate = errors.New("its CREATE TABLE is none that is understood")

// parseTable finds the names of columns in a CREATE TABLE. Columns that are computed, and tables without
// rowids, are errors.
func parseTable(sql string) (columns, error) {
	c := columns{rowid: -1}
	all := tokens(sql)
	from := slices.Index(all, "(")
	if from < 0 || len(all) < 3 || lower(all[0]) != "create" {
		return c, errCreate
	}
	var types []string
	var key []string
	depth, start := 0, from+1
	for i := from; i < len(all); i++ {
		switch all[i] {
		case "(":
			depth++
		case ")":
			depth--
		}
		if depth > 1 || depth == 1 && all[i] != "," {
			continue
		}
		if err := c.definition(all[start:i], &types, &key); err != nil {
			return c, err
		}
		if start = i + 1; depth == 0 {
			break
		}
	}
	if depth != 0 || len(c.names) == 0 {
		return c, errCreate
	}
	for _, t := range all[start:] {
		if lower(t) == "without" {
			return c, errors.New("it is a table without rowids")
		}
	}
	if len(key) == 1 {
		if i, ok := c.find(key[0]); ok && types[i] == "integer" {
			c.rowid = i
		}
	}
	return c, nil
}

// definition reads one column, or one constraint of the table.
func (c *columns) definition(part []string, types, key *[]string) error {
	if len(part) == 0 {
		return errCreate
	}
	words := make([]string, len(part))
	for i, t := range part {
		words[i] = lower(t)
	}
	at := slices.Index(words, "primary")
	switch words[0] {
	case "constraint", "primary", "unique", "check", "foreign":
		if at >= 0 && at+2 < len(words) && words[at+1] == "key" && words[at+2] == "(" {
			*key = keyColumns(part[at+3:])
		}
		return nil
	}
	if slices.Contains(words, "generated") || slices.Contains(words, "as") {
		return errors.New("a column is computed")
	}
	if at > 0 && at+1 < len(words) && words[at+1] == "key" && !slices.Contains(words[at:], "desc") {
		*key = []string{unquote(part[0])}
	}
	c.names, *types = append(c.names, lower(unquote(part[0]))), append(*types, typeOf(words))
	return nil
}

// typeOf is the declared type of a column, where it is one word.
func typeOf(words []string) string {
	after := []string{"constraint", "primary", "not", "null", "unique", "check", "default", "collate", "references"}
	if len(words) < 2 || len(words) > 2 && !slices.Contains(after, words[2]) {
		return ""
	}
	return words[1]
}

// keyColumns are the columns up to the closing parenthesis.
func keyColumns(part []string) []string {
	var names []string
	for _, t := range part {
		switch {
		case t == ")":
			return names
		case t != "," && lower(t) != "asc" && lower(t) != "desc":
			names = append(names, unquote(t))
		}
	}
	return names
}

// tokens cuts SQL into words, quoted names and single signs. Comments and white space are none.
func tokens(sql string) []string {
	var out []string
	for sql != "" {
		n, keep := 1, true
		switch {
		case strings.HasPrefix(sql, "--"):
			n, keep = until(sql, "\n", 2), false
		case strings.HasPrefix(sql, "/*"):
			n, keep = until(sql, "*/", 2), false
		case strings.ContainsRune(" \t\r\n\f", rune(sql[0])):
			keep = false
		case strings.ContainsRune("\"'`", rune(sql[0])):
			n = quoted(sql)
		case sql[0] == '[':
			n = until(sql, "]", 1)
		default:
			for n < len(sql) && wordly(sql[0]) && wordly(sql[n]) {
				n++
			}
		}
		if keep {
			out = append(out, sql[:n])
		}
		sql = sql[n:]
	}
	return out
}

// until is where a mark ends that stands after from; without one, the end.
func until(sql, mark string, from int) int {
	if i := strings.Index(sql[from:], mark); i >= 0 {
		return from + i + len(mark)
	}
	return len(sql)
}

// quoted is the length of a quoted text, in which the quote stands twice.
func quoted(sql string) int {
	for i := 1; i < len(sql); i++ {
		if sql[i] != sql[0] {
			continue
		}
		if i+1 == len(sql) || sql[i+1] != sql[0] {
			return i + 1
		}
		i++
	}
	return len(sql)
}

func wordly(b byte) bool {
	return b >= 0x80 || b == '_' || b == '$' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

func unquote(t string) string {
	if len(t) < 2 || !strings.ContainsRune("\"'`[", rune(t[0])) {
		return t
	}
	q := t[:1]
	return strings.ReplaceAll(t[1:len(t)-1], q+q, q)
}

func lower(s string) string { return strings.ToLower(s) }
