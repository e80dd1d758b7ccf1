package bundle_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/bundle"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// Who makes a bundle has not looked at the gates, and runs code of whoever sent it: what it says of evidence that it
// did not make is not believed.
func TestNoBundleGoesOnWithOtherEvidence(t *testing.T) {
	t.Parallel()
	b := sample(t)
	var e mlgate.Evidence
	if err := b.Evidence.Decode(&e); err != nil {
		t.Fatal(err)
	}
	e.Repeats = &mlgate.Repeats{Runs: mlgate.RunsConclusive, Steps: []string{"train"}, Seconds: []float64{1, 1}}
	for _, extends := range []*mlgate.Extended{nil, {}, {Evidence: b.Evidence.Digest, Runs: 1}} {
		e.Repeats.Extends = extends
		sealed, err := mlgate.SealEvidence(e)
		if err != nil {
			t.Fatal(err)
		}
		b.Evidence = &sealed
		_, err = bundle.Unpack(bytes.NewReader(pack(t, b)))
		if refused := err != nil && strings.Contains(err.Error(), "only a job that runs and judges does"); refused != (extends != nil) {
			t.Errorf("%+v: %v", extends, err)
		}
	}
}
