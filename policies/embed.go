// Package policies is the library of built-in policies: Rego that reads the case document. Each has a
// test beside it.
package policies

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed *.rego
var files embed.FS

// FS holds every policy with its tests.
func FS() fs.FS { return files }

// Lookup returns the source of mlgate/<name>, if there is one.
func Lookup(name string) (file string, source []byte, ok bool) {
	file = strings.ReplaceAll(name, "-", "_") + ".rego"
	if strings.HasSuffix(file, "_test.rego") || strings.ContainsAny(name, "_/.") {
		return "", nil, false
	}
	source, err := files.ReadFile(file)
	return file, source, err == nil
}

// Names lists the built-in policies, as mlops.yaml names them less "mlgate/".
func Names() []string {
	all, err := fs.Glob(files, "*.rego")
	if err != nil { // the pattern is fixed
		return nil
	}
	var names []string
	for _, f := range all {
		if !strings.HasSuffix(f, "_test.rego") {
			names = append(names, strings.ReplaceAll(strings.TrimSuffix(f, ".rego"), "_", "-"))
		}
	}
	return names
}
