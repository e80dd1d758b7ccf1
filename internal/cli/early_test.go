package cli

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/mlgate/mlgate/internal/flow"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Evidence is read before the hearing when nothing runs and the change matters, to the same that is read after it;
// nothing is executed early.
func TestEarly(t *testing.T) {
	t.Parallel()
	const step = "steps: [{name: evaluate, run: \"touch $MARK\"}]\n"
	for _, c := range []struct {
		name, file, content string
		want                bool
	}{
		{"other numbers", "metrics.json", `{"f1": 0.8}`, true},
		{"same recipe", ".gitignore", "origin.git\n# nothing\n", false},
		{"a step", "mlops.yaml", ownedModel + step, false},
		{"no mlops.yaml that can be read", "mlops.yaml", "version: 1\nmodel: [\n", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir, _, head := repository(t, c.file, c.content)
			mark := dir + "/mark"
			a := &app{jobs: 1, World: World{Dir: dir, Environ: append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "MARK="+mark), Stderr: testWriter{t}, Now: func() time.Time { return time.Unix(1, 0) }, Version: "dev"}}
			o, err := a.openLocal(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer o.Close()
			parents, err := o.Lineage.FirstParents(t.Context(), head, 1)
			if err != nil {
				t.Fatal(err)
			}
			early := a.early(t.Context(), o, flow.Ask{Change: mlgate.Change{Event: mlgate.Local, Head: head}, Base: parents[0]})
			defer early.end()
			got, read, err := early.of("mlops.yaml")
			if read != c.want || err != nil {
				t.Fatalf("read %v, %v; want %v", read, err, c.want)
			}
			if _, err := os.Stat(mark); err == nil {
				t.Error("a step ran")
			}
			if !c.want {
				return
			}
			want, err := a.runSteps(t.Context(), o, "", watched{})
			if err != nil || got.Evidence.Digest != want.Evidence.Digest || !strings.Contains(string(got.Evidence.Body), `"f1","value":0.8`) {
				t.Errorf("%s\n%v, want\n%s", got.Evidence.Body, err, want.Evidence.Body)
			}
			if _, read, _ := early.of("other/mlops.yaml"); read {
				t.Error("another model was read")
			}
		})
	}
}
