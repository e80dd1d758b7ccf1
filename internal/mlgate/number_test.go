package mlgate_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Numbers stand in evidence as encoding/json writes them, and read back as the same.
func TestNumberIsWrittenAsJSON(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	numbers := []float64{0, math.Copysign(0, -1), 1, -0.1, 1e-6, 9.99e-7, 1e-9, 1e20, 1e21, -1e21, 1e100, 5e-324, math.MaxFloat64, 123456789.125}
	for range 100_000 {
		numbers = append(numbers, math.Float64frombits(r.Uint64()), math.Round(r.NormFloat64()*1e6)/1e6)
	}
	for _, f := range numbers {
		if math.IsNaN(f) || math.IsInf(f, 0) {
			continue
		}
		want, _ := json.Marshal(f)
		got, err := json.Marshal(mlgate.Number(f))
		var back mlgate.Number
		if err != nil || string(got) != string(want) || json.Unmarshal(got, &back) != nil || float64(back) != f {
			t.Fatalf("%v is written %s, not %s, and read as %v (%v)", f, got, want, back, err)
		}
	}
	for _, text := range []string{`"1"`, `null`, `true`, `{}`, `[1]`, `""`, `"nan"`, `1e999`} {
		var n mlgate.Number
		if json.Unmarshal([]byte(text), &n) == nil {
			t.Errorf("%s was read as %v", text, n)
		}
	}
	var n mlgate.Number
	for _, text := range []string{"", "0x1p2", "inf", "1_0", " 1"} {
		if n.UnmarshalJSON([]byte(text)) == nil {
			t.Errorf("%q was read as %v", text, n)
		}
	}
}
