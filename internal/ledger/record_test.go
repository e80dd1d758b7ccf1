package ledger

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// recordFile is a file as put writes it.
func recordFile(t testing.TB, s mlgate.Sealed) []byte {
	t.Helper()
	head, err := json.Marshal(fileHead{Format: 1, SHA256: s.Digest, Env: s.Envelope})
	if err != nil {
		t.Fatal(err)
	}
	return append(append(head, '\n'), s.Body...)
}

// A record that is read has the digest that it names, and is the same record when it is written again.
func FuzzRecord(f *testing.F) {
	s, err := mlgate.Seal(mlgate.KindHold, mlgate.Hold{Format: 1, Stage: "prod", Held: true}, mlgate.Envelope{Key: "prod", At: time.Unix(1, 0).UTC()})
	if err != nil {
		f.Fatal(err)
	}
	whole := recordFile(f, s)
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"format":1,"sha256":"` + string(mlgate.DigestOf(nil)) + `","envelope":{"key":"\u202e","attempt":-1,"at":"9999-12-31T23:59:59+23:59"}}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, _, err := parseRecord(mlgate.KindHold, data)
		if err != nil {
			return
		}
		if got.Digest != mlgate.DigestOf(got.Body) {
			t.Fatalf("the digest is %s", got.Digest)
		}
		again, _, err := parseRecord(mlgate.KindHold, recordFile(t, got))
		if diff := cmp.Diff(got, again); err != nil || diff != "" {
			t.Errorf("written and read again: %v\n%s", err, diff)
		}
	})
}
