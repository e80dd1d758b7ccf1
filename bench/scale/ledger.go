//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/mlgate/mlgate/internal/git"
	"github.com/mlgate/mlgate/internal/ledger"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// batch is how many records one commit of the made ledger brings; a judgment brings two or three.
const batch = 25_000

// ledgers makes ledgers of three sizes and looks one record up, and appends one, in each. A target of
// "flat" is met when the largest costs at most twice what the smallest does.
func (b *bench) ledgers(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var first [2]cost
	for _, n := range []int{1_000, 10_000, 100_000} {
		remote := filepath.Join(b.dir, fmt.Sprintf("ledger%d.git", n))
		if err := b.git(ctx, b.dir, []string{"init", "-q", "--bare", remote}, []string{"-C", remote, "config", "uploadpack.allowFilter", "true"}); err != nil {
			return err
		}
		if _, err := b.once(ctx, b.dir, self, "fill", remote, strconv.Itoa(n)); err != nil {
			return err
		}
		if err := b.git(ctx, remote, []string{"repack", "-adq"}); err != nil {
			return err
		}
		for i, verb := range []string{"look", "append"} {
			c, err := b.cost(ctx, 3, b.dir, self, verb, remote)
			if err != nil {
				return err
			}
			compared, target := "", ""
			if n == 1_000 {
				first[i] = c
			} else {
				compared = fmt.Sprintf("%.1f × that of 1,000", c.over(first[i]))
			}
			if n == 100_000 {
				target = "flat: ≤ 2 ×"
			}
			b.row(fmt.Sprintf("ledger of %d records: %s one", n, verb), "mlgate's ledger and git", c, compared, target, c.over(first[i]) <= 2)
		}
	}
	return nil
}

// ledgerCommand is one part, in a process of its own: what a judging job does with the ledger, from an
// empty folder.
func ledgerCommand(ctx context.Context, args []string) error {
	dir, err := os.MkdirTemp("", "ledger-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	repo, err := git.Open(ctx, git.Options{Dir: dir, Remote: args[1], Env: os.Environ(), Now: time.Now, Name: "bench", Email: "b@example.com"})
	if err != nil {
		return err
	}
	defer repo.Close()
	books, err := ledger.Open("git", repo)
	if err != nil {
		return err
	}
	switch args[0] {
	case "fill":
		return fill(ctx, books, args[2])
	case "look":
		log, err := books.Open(ctx, "big")
		if err != nil {
			return err
		}
		found, err := log.Find(ctx, mlgate.KindEvidence, recipe(500))
		if err == nil && len(found) != 1 {
			err = fmt.Errorf("%d records found, want 1", len(found))
		}
		return err
	}
	return write(ctx, books, int(time.Now().UnixNano()), 1)
}

func fill(ctx context.Context, books mlgate.Ledger, size string) error {
	n, err := strconv.Atoi(size)
	for at := 0; at < n && err == nil; at += batch {
		err = write(ctx, books, at, min(batch, n-at))
	}
	return err
}

// write appends records, in one commit and one push.
func write(ctx context.Context, books mlgate.Ledger, from, n int) error {
	log, err := books.Open(ctx, "big")
	if err != nil {
		return err
	}
	var records []mlgate.Sealed
	for i := from; i < from+n; i++ {
		s, err := record(i)
		if err != nil {
			return err
		}
		records = append(records, s)
	}
	w, err := log.Prepare(ctx, "bench", records...)
	if err != nil {
		return err
	}
	return w.Commit(ctx)
}

func recipe(i int) string { return string(mlgate.DigestOf(fmt.Append(nil, "recipe", i))) }

// record is evidence of ten metrics, or, every other one, a verdict.
func record(i int) (mlgate.Sealed, error) {
	at := time.Unix(1_700_000_000+int64(i%1_000_000_000), 0).UTC()
	env := mlgate.Envelope{Key: recipe(i), Scope: mlgate.ScopeBranch, At: at, Version: "bench"}
	if i%2 == 1 {
		env = mlgate.Envelope{Key: recipe(i)[:40], At: at, Version: "bench"}
		return mlgate.Seal(mlgate.KindVerdict, mlgate.VerdictRecord{Format: 1, Model: "big", Commit: env.Key, Verdict: mlgate.Verdict{Word: mlgate.Passed, Status: mlgate.Pass}, At: at}, env)
	}
	e := mlgate.Evidence{Format: 1, Model: "big", Recipe: mlgate.Digest(env.Key)}
	for m := range 10 {
		e.Metrics = append(e.Metrics, mlgate.Metric{Name: fmt.Sprintf("metric_%d", m), Value: mlgate.Number(float64(i*10+m) / 1e7)})
	}
	return mlgate.Seal(mlgate.KindEvidence, e, env)
}
