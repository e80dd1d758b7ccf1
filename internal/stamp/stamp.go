// Package stamp tells apart what a tool writes anew for each run, with a time or a number in its name:
// results_2026-11-29T11-22-33.json, logs/fit/20261129-112233, lightning_logs/version_3. It knows names alone.
package stamp

import (
	"fmt"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/pattern"
)

var (
	clock = pattern.Lazy(`\d{4}-?\d\d-?\d\d[T_-]?\d\d[-:_]?\d\d[-:_]?\d\d(?:[.,-]\d+)?Z?`)
	// PyTorch's SummaryWriter names a run by month and day, without the year: which is later, the name does not say.
	month  = pattern.Lazy(`^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\d\d_\d\d-\d\d-\d\d_`)
	number = pattern.Lazy(`^(version_|checkpoint-)(\d{1,18})$`)
)

// Is reports whether the name of one file or folder is that of one run among many.
func Is(name string) bool {
	key, _ := split(name)
	return key != "" || month().MatchString(name)
}

// Series splits a path. Key is the path with a star in the place of each time or number, empty where there is none;
// of two paths with one key, that with the greater order is of the later run.
func Series(name string) (key, order string) {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		if k, o := split(part); k != "" {
			parts[i], order = k, order+o+"/"
		}
	}
	if order == "" {
		return "", ""
	}
	return strings.Join(parts, "/"), order
}

// Latest leaves of each series the path of the latest run; what is in none stays.
func Latest(names []string) []string {
	best, orders := map[string]string{}, map[string]string{}
	for _, name := range names {
		if key, order := Series(name); key != "" && order > orders[key] {
			best[key], orders[key] = name, order
		}
	}
	var out []string
	for _, name := range names {
		if key, _ := Series(name); key == "" || best[key] == name {
			out = append(out, name)
		}
	}
	return out
}

func split(part string) (key, order string) {
	if m := number().FindStringSubmatch(part); m != nil {
		return m[1] + "*", fmt.Sprintf("%018s", m[2])
	}
	m := clock().FindStringIndex(part)
	if m == nil {
		return "", ""
	}
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, part[m[0]:m[1]])
	if _, err := time.Parse("20060102150405", digits[:14]); err != nil {
		return "", "" // no time, and it would be later than all that are
	}
	return part[:m[0]] + "*" + part[m[1]:], digits
}
