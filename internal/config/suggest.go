package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// suggest says what to write instead of a key that is not known in a mapping.
func suggest(word string, v value, allowed []key) string {
	var names []string
	for _, k := range allowed {
		if !k.later {
			names = append(names, k.name)
		}
	}
	for _, name := range names {
		if strings.EqualFold(name, word) {
			return fmt.Sprintf("keys are lower case: did you mean %q?", name)
		}
	}
	if h := cmp.Or(v.hints[word], v.hints[strings.ToLower(word)]); h != "" {
		return h
	}
	if near := nearest(word, names); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if strings.Trim(word, "0123456789") == "" && word != "" {
		return "a comma separates keys here; decimals stand after a point: 0.4"
	}
	if home := homeOf(word, description, ""); home != "" {
		return fmt.Sprintf("`%s` stands in %s: is the line indented right?", word, home)
	}
	return "known are " + strings.Join(names, ", ")
}

// homeOf is the path of the first mapping of the description that knows a key, in words.
func homeOf(word string, v value, at string) string {
	switch v.kind {
	case isList, isTable:
		return homeOf(word, *v.of, at)
	case isMapping:
	default:
		return ""
	}
	for _, k := range v.keys {
		if k.name == word && !k.later {
			return cmp.Or(at, "the file itself, not below another key")
		}
	}
	for _, k := range v.keys {
		if k.later {
			continue
		}
		if home := homeOf(word, k.is, strings.TrimSpace(at+" `"+k.name+":`")); home != "" {
			return home
		}
	}
	return ""
}

// nearest is the word that differs from another by a slip of the fingers, or empty.
func nearest(word string, words []string) string {
	best, dist := "", min(3, (len(word)+1)/2)
	for _, w := range words {
		if d := distance(word, w); d < dist {
			best, dist = w, d
		}
	}
	return best
}

// oneOfNames says which names there are, for one that is none of them.
func oneOfNames(word string, names []string, what string) string {
	if near := nearest(word, names); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == "" || n == word })
	slices.Sort(names)
	names = slices.Compact(names)
	const shown = 10
	switch {
	case len(names) == 0:
		return ""
	case len(names) > shown:
		return fmt.Sprintf("%s here: %s and %d more", what, strings.Join(names[:shown], ", "), len(names)-shown)
	}
	return what + " here: " + strings.Join(names, ", ")
}

// distance is the number of edits between two words; long ones are far apart.
func distance(a, b string) int {
	if len(a) > 40 || len(b) > 40 {
		return 99
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diag, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diag+cost)
		}
	}
	return row[len(b)]
}

// orList is "a, b or c".
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
