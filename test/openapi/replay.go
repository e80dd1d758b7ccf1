package openapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/mlgate/mlgate/test/fakegithub"
)

// read reads the recorded exchanges of a folder, in the order of their names.
func read(dir string) ([]fakegithub.Exchange, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	var all []fakegithub.Exchange
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var e fakegithub.Exchange
		if err := json.Unmarshal(data, &e); err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		all = append(all, e)
	}
	return all, nil
}

// replay holds exchanges to the descriptions. tmp is a folder to write to.
func replay(ctx context.Context, node, tmp string, all []fakegithub.Exchange) ([]violation, error) {
	bad, err := replayGraph(ctx, node, all)
	if err != nil {
		return nil, err
	}
	d, err := readDescription(node)
	if err != nil {
		return nil, err
	}
	p, err := startPrism(ctx, node, tmp, d, all)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	found, errs := make([][]violation, len(all)), make([]error, len(all))
	var group sync.WaitGroup
	turns := make(chan struct{}, 4)
	for i := range all {
		if graphQL(all[i]) {
			continue
		}
		group.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			found[i], errs[i] = p.play(ctx, i)
		})
	}
	group.Wait()
	return append(bad, slices.Concat(found...)...), errors.Join(errs...)
}

func graphQL(e fakegithub.Exchange) bool { return strings.HasSuffix(e.Path, "/graphql") }

func replayGraph(ctx context.Context, node string, all []fakegithub.Exchange) ([]violation, error) {
	data, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "node", "graphql.mjs", node)
	cmd.Stdin = bytes.NewReader(data)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, stderr.String())
	}
	var told [][][2]string
	if err := json.Unmarshal(out, &told); err != nil {
		return nil, err
	}
	var bad []violation
	for i, list := range told {
		for _, v := range list {
			bad = append(bad, violation{i, fmt.Sprintf("POST /graphql: %.80q", all[i].Asked), v[0], v[1]})
		}
	}
	return bad, nil
}
