package reader

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// maxTables is how many tables a file may name.
const maxTables = 100

var (
	tableKeys = []string{"path", "sha256", "rows"}
	hexDigest = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// ownTables reads where per-example tables stand. What it says of their content is a claim.
func (s *sheet) ownTables(v any) error {
	list, ok := v.([]any)
	if v != nil && !ok || len(list) > maxTables {
		return fmt.Errorf("tables is no list of at most %d", maxTables)
	}
	for i, item := range list {
		t, err := ownTable(item)
		if err != nil {
			return fmt.Errorf("tables[%d]: %w", i, err)
		}
		if slices.ContainsFunc(s.tables, func(o mlgate.Table) bool { return o.Path == t.Path }) {
			return fmt.Errorf("tables[%d]: %q stands twice", i, t.Path)
		}
		s.tables = append(s.tables, t)
	}
	return nil
}

func ownTable(item any) (mlgate.Table, error) {
	m, ok := item.(map[string]any)
	if !ok {
		return mlgate.Table{}, errors.New("it is no object: write {\"path\": …}")
	}
	if err := known("a table", m, tableKeys); err != nil {
		return mlgate.Table{}, err
	}
	path, _ := m["path"].(string)
	if !fs.ValidPath(path) || path == "." || strings.ContainsAny(path, "\\\x00") {
		return mlgate.Table{}, fmt.Errorf("%q is no path below the folder of mlops.yaml", path)
	}
	if v, ok := m["rows"]; ok && v != nil {
		if _, whole := count(v); !whole {
			return mlgate.Table{}, errors.New("rows is no whole number")
		}
	}
	sum, isText := m["sha256"].(string)
	if m["sha256"] != nil && (!isText || !hexDigest.MatchString(sum)) {
		return mlgate.Table{}, errors.New("sha256 is no digest of 64 lower-case hexadecimal characters")
	}
	return mlgate.Table{Path: path, SHA256: mlgate.Digest(sum)}, nil
}
