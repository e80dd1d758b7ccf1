package executor

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/wire/docker"
)

// Containers runs steps in containers of a Docker engine. A container has the work tree, as its owner,
// with git's part of it read-only, and nothing else of this machine; it has no capabilities. It is gone
// when Run returns. What a killed run left is removed by the next one in the same work tree.
type Containers struct {
	Host    string   // of the engine: unix:///path; empty: the default
	Work    string   // the work tree: an absolute path of this machine
	Owner   string   // whom steps run as: OwnerOf the work tree before anything is lent of it
	Witness string   // a file of the work tree, by which it is known again; below Work
	Away    []string // files and folders that no step may reach: they must not lie in the work tree
	Now     func() time.Time
	Notes   io.Writer
	// Patience is how long the engine may take for one answer; zero: 30 s.
	Patience time.Duration

	once   sync.Once
	ground ground
	err    error
}

var (
	_ mlgate.Executor = (*Containers)(nil)
	_ mlgate.Images   = (*Containers)(nil)
)

// ground is what all containers of one work tree share.
type ground struct {
	engine *docker.Client
	host   string // the work tree as the engine's machine knows it
	user   string // uid:gid
	git    bool   // the work tree has a .git
	run    string // names this process
}

// Labels of our containers.
const (
	labelWork = "mlgate.work" // path of the work tree on the engine's machine
	labelRun  = "mlgate.run"  // process that made it
	labelStep = "mlgate.step"
)

// inside is where a container has the work tree.
const inside = "/work"

// Limits of every container: processes and threads, so that a step that only forks does not take the
// machine along; bytes of /dev/shm, of which Docker's own 64 MB are too few for loaders of data.
const (
	maxPids = 32768
	shmSize = 1 << 30
)

// Prepare brings an image onto the engine's machine as its policy says, and tells which it is.
func (c *Containers) Prepare(ctx context.Context, want mlgate.Container) (mlgate.ImageUsed, error) {
	used := mlgate.ImageUsed{Name: want.Image}
	g, err := c.open(ctx)
	if err != nil {
		return used, err
	}
	have, err := g.engine.Image(ctx, want.Image)
	if err != nil && !docker.IsNotFound(err) {
		return used, err
	}
	absent := err != nil
	if absent && want.Pull == mlgate.PullNever {
		return used, &mlgate.Mistake{Err: fmt.Errorf("looking for the image %q: the Docker engine does not have it, and `pull: never` says not to ask for it", want.Image), Fix: "pull or build it on this machine before, or write `pull: if-absent`"}
	}
	if absent || want.Pull == mlgate.PullAlways {
		fmt.Fprintf(c.Notes, "pulling the image %s\n", want.Image)
		if err := g.engine.Pull(ctx, want.Image, func(line string) { fmt.Fprintf(c.Notes, "pull | %s\n", line) }); err != nil {
			return used, fmt.Errorf("%w (mlgate pulls without credentials: log in and pull it before, with `pull: if-absent` or `never`)", err)
		}
		if have, err = g.engine.Image(ctx, want.Image); err != nil {
			return used, err
		}
	}
	used.ID, used.Digest = have.ID, have.Digest
	return used, nil
}

// Run makes a container, runs the step in it to its end and removes it.
func (c *Containers) Run(ctx context.Context, t mlgate.Task, log io.Writer) (mlgate.StepRun, error) {
	run := mlgate.StepRun{Name: t.Name, Exit: -1}
	g, err := c.open(ctx)
	if err != nil {
		return run, err
	}
	stop, cancel := limited(ctx, t)
	defer cancel()
	begin := c.Now()
	end, err := c.contain(stop, g, t, log)
	run.Seconds = c.Now().Sub(begin).Seconds()
	if err != nil {
		return run, err
	}
	if run.Why = over(ctx, stop, t); run.Why != "" {
		return run, nil
	}
	if !end.memory {
		run.Exit = end.code
		return run, nil
	}
	run.Signal, run.Why = 9, "killed for want of memory"
	if t.Container.Memory > 0 {
		run.Why += fmt.Sprintf(": `image.memory` is %d MiB", t.Container.Memory>>20)
	}
	return run, nil
}

// contained is how a container ended.
type contained struct {
	code   int
	memory bool // it was killed for want of memory
}

// contain runs one container. It is made whatever happens meanwhile: only so its end is known to be.
func (c *Containers) contain(ctx context.Context, g ground, t mlgate.Task, log io.Writer) (end contained, err error) {
	spec, err := c.spec(g, t)
	if err != nil {
		return end, err
	}
	safe := context.WithoutCancel(ctx)
	defer func() {
		late, cancel := context.WithTimeout(safe, settle)
		defer cancel()
		if gone := g.engine.Remove(late, spec.Name); gone != nil {
			gone = fmt.Errorf("%w: it may still run (docker rm -f %s)", gone, spec.Name)
			if ctx.Err() != nil { // who cancels hears of no errors
				fmt.Fprintln(c.Notes, gone)
			}
			err = errors.Join(err, gone)
		}
	}()
	if err := g.engine.Create(safe, spec); err != nil {
		return end, refused(err, t)
	}
	if err := c.sameTree(ctx, g, spec.Name); err != nil || ctx.Err() != nil {
		return end, ended(ctx, err)
	}
	output, err := g.engine.Attach(safe, spec.Name)
	if err != nil {
		return end, err
	}
	defer output.Close()
	if err := g.engine.Start(safe, spec.Name); err != nil {
		return end, refused(err, t)
	}
	return watched{g.engine, spec.Name}.toTheEnd(ctx, output, log)
}

// ended takes an error for what it is when the time was over meanwhile: how a step ended is told in its run.
func ended(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return nil
}

func (c *Containers) spec(g ground, t mlgate.Task) (docker.Spec, error) {
	rel, err := filepath.Rel(c.Work, t.Dir)
	if err != nil || !filepath.IsLocal(rel) {
		return docker.Spec{}, fmt.Errorf("running in a container: %q does not lie in the work tree %q", t.Dir, c.Work)
	}
	s := docker.Spec{
		Name: "mlgate-" + strings.ToLower(rand.Text()[:16]), Image: t.ImageID, Command: []string{"sh", "-c", t.Run}, Env: t.Env,
		User: g.user, Dir: path.Join(inside, filepath.ToSlash(rel)), Labels: map[string]string{labelWork: g.host, labelRun: g.run, labelStep: t.Name},
		Binds: []docker.Bind{{Source: g.host, Target: inside}}, CPUs: t.Container.CPUs, Memory: t.Container.Memory, GPUs: t.Container.GPUs, Shm: shmSize, Pids: maxPids,
	}
	if t.Container.Network == mlgate.NetworkNone {
		s.Network = "none"
	}
	if g.git {
		s.Binds = append(s.Binds, docker.Bind{Source: path.Join(g.host, ".git"), Target: path.Join(inside, ".git"), ReadOnly: true})
	}
	return s, nil
}

// refused says what to do when an engine does not take a container.
func refused(err error, t mlgate.Task) error {
	var e *docker.Error
	if !errors.As(err, &e) {
		return err
	}
	fix := ""
	switch {
	case strings.Contains(e.Message, "executable file not found"):
		fix = "the image needs a shell, `sh`"
	case strings.Contains(e.Message, "bind source path does not exist"):
		fix = elsewhere
	case strings.Contains(e.Message, "could not select device driver"):
		fix = "the engine has no driver for GPUs: take `image.gpus` out, or install one"
	default:
		return err
	}
	return &mlgate.Mistake{Err: fmt.Errorf("running in the image %q: %w", inert.Line(t.Container.Image), err), Fix: fix}
}
