package gate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/gate"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// checked is evidence with checks, written as "name status".
func checked(all ...string) *mlgate.Evidence {
	e := &mlgate.Evidence{}
	for _, c := range all {
		name, status, _ := strings.Cut(c, " ")
		status, bad := strings.CutSuffix(status, "!")
		e.Checks = append(e.Checks, mlgate.Check{Name: name, Status: mlgate.CheckStatus(status), Bad: bad})
	}
	e.Checks, e.ChecksMore = mlgate.KeepChecks(e.Checks)
	return e
}

func said(all []mlgate.Finding) []string {
	var out []string
	for _, f := range all {
		out = append(out, fmt.Sprintf("%s %s: %s", f.Status, f.Rule, f.Message))
	}
	return out
}

func TestChecks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		head, base *mlgate.Evidence
		severity   mlgate.Status
		want       []string
	}{
		{"no check", checked(), nil, mlgate.Fail, nil},
		{"all pass", checked("t/a pass", "t/b pass", "u/c pass"), nil, mlgate.Fail, []string{"pass check/t: 2 of 2 checks pass", "pass check/u: 1 of 1 checks pass"}},
		{"how they end", checked("t/a fail", "t/b error", "t/c warn", "t/d skipped", "t/e pass"), nil, mlgate.Fail, []string{
			"fail check/t/a: t/a failed", "fail check/t/b: t/b could not be made", "warn check/t/c: t/c warns", "pass check/t: 1 of 5 checks pass, 1 skipped",
		}},
		{"only warnings", checked("t/a fail", "t/b pass"), checked("t/z pass"), mlgate.Warn, []string{
			"warn check/t/a: t/a failed", "warn check/t/z: t/z is missing: the baseline made it (pass), this change did not", "pass check/t: 1 of 2 checks pass",
		}},
		{"less than the baseline", checked("t/a skipped", "t/b skipped"), checked("t/a pass", "t/b skipped", "t/c fail", "t/d skipped", "t/e error"), mlgate.Fail, []string{
			"fail check/t/a: t/a was skipped; the baseline made it (pass)",
			"fail check/t/c: t/c is missing: the baseline made it (fail), this change did not",
			"fail check/t/e: t/e is missing: the baseline made it (error), this change did not",
			"pass check/t: 0 of 2 checks pass, 2 skipped",
		}},
		{"what a tool names only when it is bad", checked("t/run pass", "t/b skipped"), checked("t/a fail!", "t/b fail!", "t/run pass"), mlgate.Fail, []string{"pass check/t: 1 of 2 checks pass, 1 skipped"}},
		{"no check any more", checked(), checked("t/a pass"), mlgate.Fail, []string{"fail check/t/a: t/a is missing: the baseline made it (pass), this change did not"}},
	} {
		if d := cmp.Diff(c.want, said(gate.Checks(c.head, c.base, c.severity))); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

// Of very many checks the bad ones are kept by name, and their number must not fall.
func TestManyChecks(t *testing.T) {
	t.Parallel()
	var all []string
	for i := range 100_000 {
		status := "pass"
		if i == 99_999 {
			status = "fail"
		}
		all = append(all, fmt.Sprintf("t/%06d %s", i, status))
	}
	head, base := checked(all...), checked(all[:20_000]...)
	if _, ok := head.Check("t/099999"); !ok || len(head.Checks) != mlgate.MaxChecks || head.ChecksMore != 90_000 {
		t.Fatalf("%d checks are kept, %d more, the failed one: %v", len(head.Checks), head.ChecksMore, ok)
	}
	want := []string{"fail check/t/099999: t/099999 failed", "pass check/t: 9999 of 10000 checks pass"}
	if d := cmp.Diff(want, said(gate.Checks(head, base, mlgate.Fail))); d != "" {
		t.Error(d)
	}
	got := said(gate.Checks(checked(all[:15_000]...), base, mlgate.Fail))
	if len(got) != 2 || got[0] != "fail check/fewer: 15000 checks were made, the baseline made 20000: less evidence than before" {
		t.Error(got)
	}
	got = said(gate.Checks(checked(all[:20_000]...), checked("t/auth pass", "t/000001 pass"), mlgate.Fail))
	if len(got) != 2 || got[0] != "fail check/fewer: 1 checks of the baseline are not among the 10000 that are named of 20000: nobody can tell whether they were made" {
		t.Errorf("one is buried under others: %v", got)
	}
	skipped := slices.Clone(all[:20_000])
	for i := 15_000; i < len(skipped); i++ {
		skipped[i] = strings.Replace(skipped[i], "pass", "skipped", 1)
	}
	got = said(gate.Checks(checked(skipped...), base, mlgate.Fail))
	if len(got) != 2 || got[0] != "fail check/fewer: 15000 checks were made, the baseline made 20000: less evidence than before" {
		t.Errorf("a quarter was skipped: %v", got)
	}
	for i := range all {
		all[i] = strings.Replace(all[i], "pass", "fail", 1)
	}
	got = said(gate.Checks(checked(all[:5_000]...), nil, mlgate.Fail))
	if len(got) != 1001 || got[1000] != "fail check/more: 4000 more checks did not pass" {
		t.Errorf("%d findings, the last %s", len(got), got[len(got)-1])
	}
}
