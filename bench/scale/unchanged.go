//go:build linux

package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

const inputs = 100_000

// unchanged has 100,000 tracked input files and evidence of them, and nothing has changed since.
func (b *bench) unchanged(ctx context.Context) error {
	var dirs [2]string
	for i, name := range []string{"mlgate", "dvc"} {
		dirs[i] = filepath.Join(b.dir, "unchanged-"+name)
		for n := range inputs {
			if err := put(filepath.Join(dirs[i], fmt.Sprintf("data/%03d/%05d.txt", n/1000, n)), strings.Repeat(fmt.Sprintf("row %d\n", n), 20)); err != nil {
				return err
			}
		}
	}
	run := `mkdir -p build && echo '{"acc": 0.9}' >build/m.json`
	err := put(filepath.Join(dirs[0], "mlops.yaml"), "version: 1\nmodel: big\nsteps: [{name: count, run: \""+strings.ReplaceAll(run, `"`, `\"`)+"\", inputs: [data/**], outputs: [build]}]\nevidence: [build/m.json]\ngates: {acc: {min: 0.5}}\npromote: [{to: staging, when: merge}]\n")
	if err != nil {
		return err
	}
	if err := put(filepath.Join(dirs[0], ".gitignore"), "/build/\n"); err != nil {
		return err
	}
	if err := b.publish(ctx, dirs[0]); err != nil {
		return err
	}
	bundle := filepath.Join(b.dir, "bundle")
	for _, args := range [][]string{{"run", "--out", bundle}, {"promote", "--bundle", bundle}} {
		if _, err := b.once(ctx, dirs[0], b.mlgate, args...); err != nil {
			return err
		}
	}
	git, ours, err := b.turns(ctx, 5, [2]string{dirs[0], dirs[0]}, []string{"git", "status", "--porcelain"}, []string{b.mlgate, "review"})
	if err != nil {
		return err
	}
	dvc, err := b.dvcStatus(ctx, dirs[1], run)
	if err != nil {
		return err
	}
	what := "nothing changed, 100,000 input files"
	b.row(what, "mlgate review", ours, fmt.Sprintf("%.1f × git status, %.2f × dvc status", ours.over(git), ours.over(dvc)), "≤ 3 × git status", ours.over(git) <= 3)
	b.row(what, "git status", git, "", "", true)
	b.row(what, "dvc status", dvc, "", "", true)
	return nil
}

// dvcStatus has the same files as one stage of DVC, that ran.
func (b *bench) dvcStatus(ctx context.Context, dir, run string) (cost, error) {
	if err := put(filepath.Join(dir, "dvc.yaml"), "stages:\n  count:\n    cmd: >-\n      "+run+"\n    deps: [data]\n    outs: [build]\n"); err != nil {
		return cost{}, err
	}
	if err := b.git(ctx, dir, []string{"init", "-q"}); err != nil {
		return cost{}, err
	}
	for _, args := range [][]string{{"init", "-q"}, {"repro", "-q"}} {
		if _, err := b.once(ctx, dir, b.dvc, args...); err != nil {
			return cost{}, err
		}
	}
	return b.cost(ctx, 3, dir, b.dvc, "status")
}
