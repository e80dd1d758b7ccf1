package reader_test

import (
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/reader"
)

func TestATableOfExamplesIsNotItsLastRow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, kind string
		look, bad  bool
	}{
		"ids":                      {text: "id,loss\n1,0.5\n2,0.7\n", bad: true},
		"ids of another case":      {text: "Sample_ID;loss\na;0.5\nb;0.7\n", bad: true},
		"not the first column":     {text: "loss\tuid\n0.5\ta\n0.7\tb\n", bad: true},
		"a kind of its name":       {text: "id,loss\n1,0.5\n2,0.7\n", kind: "csv", look: true, bad: true},
		"the last row is meant":    {text: "id,loss\n1,0.5\n2,0.7\n", kind: "csv"},
		"one row":                  {text: "id,loss\n1,0.5\n"},
		"one run in all rows":      {text: "run_id,loss\nr,0.5\nr,0.7\n"},
		"some rows without":        {text: "id,loss\n1,0.5\n,0.7\n"},
		"a name for each metric":   {text: "id,metric,value\n1,auc,0.5\n2,f1,0.7\n"},
		"Keras and Lightning":      {text: "epoch,id,loss\n0,1,0.5\n1,2,0.7\n"},
		"where in a training":      {text: "batch_id,loss\n0,0.5\n1,0.7\n"},
		"a word that holds it":     {text: "grid,valid\n1,0.5\n2,0.7\n"},
		"numbers of the iteration": {text: "iteration,loss\n1,0.5\n2,0.7\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := reader.Files{}.Metrics(mlgate.Source{Path: "m.csv", Kind: c.kind, Look: c.look}, []byte(c.text))
			if bad := err != nil && strings.Contains(err.Error(), "it has a row for each"); bad != c.bad || err != nil && !bad {
				t.Errorf("%q: %v, refused should be %v", c.text, err, c.bad)
			}
		})
	}
}

func TestGuess(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"id,label,pred,ok,loss,note\n1,a,a,true,0.5,x\n2,a,b,false,0.7,y\n": "id; accuracy equal: label, pred; ok share: ok; loss mean: loss",
		"id,loss\n1,0.5\n2,nan\n": "",
		"id,note\n1,x\n2,y\n":     "",
		"loss\n1\n2\n":            "",
		"epoch,id,loss\n1,1,1\n":  "",
		"\"":                      "",
	} {
		got := ""
		if g := reader.Guess([]byte(text)); g != nil {
			got = g.ID
			for _, m := range g.Metrics {
				got += "; " + m.Name + " " + m.String()
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
