package main

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mlgate/mlgate/test/script"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"mlgate": main})
}

// TestScript plays every file of testdata/script with the real program, real git and, where a script
// asks for it, a GitHub at the wire.
func TestScript(t *testing.T) {
	t.Parallel()
	p := script.Params(t, filepath.Join("testdata", "script"))
	p.Cmds["guide"], p.Cmds["console"] = guideCommand, consoleCommand
	testscript.Run(t, p)
}
