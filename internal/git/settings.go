package git

import (
	"fmt"
	"slices"
	"strings"
)

// setting is one line of git's configuration, with the place it comes from: system, global, local.
type setting struct{ scope, key, value string }

// settings reads all of git's configuration, includes resolved, in the order in which it counts.
func settings(ask func(...string) (result, error)) ([]setting, error) {
	res, err := ask("config", "--list", "--null", "--show-scope", "--includes")
	if err == nil && res.code != 0 {
		err = res.failed()
	}
	if err != nil {
		return nil, fmt.Errorf("reading git's configuration: %w", err)
	}
	var out []setting
	fields := strings.Split(res.stdout, "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		key, value, set := strings.Cut(fields[i+1], "\n")
		if !set {
			value = "true" // a key alone
		}
		out = append(out, setting{fields[i], key, value})
	}
	return out, nil
}

// spoken are the settings by which git reaches a remote: credentials, proxies, certificates, other
// addresses for the same place, and whose folders it may be.
var spoken = []string{"credential.", "http.", "https.", "url.", "core.sshcommand", "core.askpass", "core.gitproxy", "ssh.", "protocol.", "safe.directory"}

// userSettings are those of the system and the user, never of a repository. They are read once, before
// the first step runs: what a step writes into them later does not count.
func userSettings(all []setting) [][2]string {
	var out [][2]string
	for _, s := range all {
		ours := slices.ContainsFunc(spoken, func(p string) bool { return strings.HasPrefix(strings.ToLower(s.key), p) })
		if ours && (s.scope == "system" || s.scope == "global") {
			out = append(out, [2]string{s.key, s.value})
		}
	}
	return out
}
