package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mlgate/mlgate/test/script"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"mlgate":       main,
		"mlgate-0.1.0": func() { version = "0.1.0"; main() },
		"mlgate-early": clocked(-time.Hour), "mlgate-late": clocked(time.Hour), "mlgate-patient": patient,
	})
}

// TestScript plays every file of testdata/script with the real program, real git and, where a script
// asks for it, a GitHub at the wire.
func TestScript(t *testing.T) {
	t.Parallel()
	p := script.Params(t, filepath.Join("testdata", "script"))
	p.Cmds["guide"], p.Cmds["console"] = guideCommand, consoleCommand
	p.Cmds["silent"], p.Cmds["tmpfs"] = silentCommand, tmpfsCommand
	known := p.Condition
	p.Condition = func(cond string) (bool, error) {
		if cond == "tmpfs" {
			return canMount(), nil
		}
		return known(cond)
	}
	testscript.Run(t, p)
}
