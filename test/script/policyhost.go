package script

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/mlgate/mlgate/test/policyhost"
)

// policies starts a host of policies: its folder is $HOST_DIR, its address $HOST; what it was
// asked stands in $HOST_DIR/asked. Its certificate is trusted by $SSL_CERT_FILE.
func policies(ts *testscript.TestScript, _ bool, _ []string) {
	dir, ca := ts.MkAbs("host"), ts.MkAbs("ca.pem")
	ts.Check(os.Mkdir(dir, 0o700))
	h, err := policyhost.Start(dir, ca)
	ts.Check(err)
	ts.Defer(h.Close)
	for name, value := range map[string]string{"HOST": h.URL, "HOST_DIR": dir, "SSL_CERT_FILE": ca} {
		ts.Setenv(name, value)
	}
}

// pin sets a variable to the commit that a repository stands at: pin NAME DIR.
func pin(ts *testscript.TestScript, _ bool, args []string) {
	out, err := exec.Command("git", "-C", filepath.Clean(args[1]), "rev-parse", "HEAD").Output()
	ts.Check(err)
	ts.Setenv(args[0], strings.TrimSpace(string(out)))
}
