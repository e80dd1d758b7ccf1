package pipeline_test

import (
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pipeline"
)

func TestOrder(t *testing.T) {
	t.Parallel()
	step := func(name string, needs, in, out string) mlgate.Step {
		return mlgate.Step{Name: name, Needs: strings.Fields(needs), Inputs: strings.Fields(in), Outputs: strings.Fields(out)}
	}
	for name, c := range map[string]struct {
		steps []mlgate.Step
		want  string
	}{
		"as in the file":                {[]mlgate.Step{step("b", "", "", ""), step("a", "", "", "")}, "b a"},
		"by needs":                      {[]mlgate.Step{step("b", "a", "", ""), step("a", "", "", "")}, "a b"},
		"by what is read":               {[]mlgate.Step{step("eval", "", "m.pkl", ""), step("train", "", "", "m.pkl")}, "train eval"},
		"by a folder that is read":      {[]mlgate.Step{step("eval", "", "build", ""), step("train", "", "", "build/m.pkl")}, "train eval"},
		"by a file of a written folder": {[]mlgate.Step{step("eval", "", "build/m.pkl", ""), step("train", "", "", "build")}, "train eval"},
		"by a pattern":                  {[]mlgate.Step{step("eval", "", "build/*.pkl", ""), step("train", "", "", "build/m.pkl")}, "train eval"},
		"a circle of files":             {[]mlgate.Step{step("a", "", "y", "x"), step("b", "", "x", "y")}, "circle"},
		"a circle of both":              {[]mlgate.Step{step("a", "b", "", "x"), step("b", "", "x", "")}, "circle"},
	} {
		got, err := pipeline.Order(c.steps)
		var names []string
		for _, s := range got {
			names = append(names, s.Name)
		}
		if strings.Join(names, " ") != c.want && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, %v; want %s", name, names, err, c.want)
		}
	}
}
