package executor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/wire/docker"
)

// The ways out when steps cannot run in images here.
const (
	noEngine = "start a Docker engine, name its socket in DOCKER_HOST (unix:///path), or give it to the container that mlgate runs in; " +
		"or take `image` out and run mlgate itself in that image"
	elsewhere = "run mlgate where the engine sees the same files, or mount the work tree into mlgate's container from the engine's machine; " +
		"or take `image` out and run mlgate itself in that image"
)

// open finds the engine and the work tree on its machine, once, and removes what a killed run left.
func (c *Containers) open(ctx context.Context) (ground, error) {
	c.once.Do(func() {
		if c.ground, c.err = c.look(ctx); c.err == nil {
			c.err = c.sweep(ctx, c.ground)
		}
	})
	return c.ground, c.err
}

func (c *Containers) look(ctx context.Context) (g ground, err error) {
	if err := c.apart(); err != nil {
		return g, err
	}
	if g.engine, err = docker.Open(ctx, docker.Options{Host: c.Host, Patience: c.Patience}); err != nil {
		return g, unreachable(err)
	}
	if g.host, err = c.hostPath(ctx, g.engine); err != nil {
		return g, err
	}
	if g.user, err = c.owner(ctx, g.engine); err != nil {
		return g, err
	}
	switch info, err := os.Lstat(filepath.Join(c.Work, ".git")); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return g, err
	case !info.IsDir() && !info.Mode().IsRegular():
		return g, fmt.Errorf("running in a container: %q is neither a folder nor a file", info.Name())
	default:
		g.git = true
	}
	g.run = thisProcess()
	return g, nil
}

// unreachable says what to do without an engine. That there is none here, or none for us, is a Mistake;
// one that does not answer is trouble.
func unreachable(err error) error {
	if _, ok := errors.AsType[*docker.Unreachable](err); !ok {
		return err
	}
	err = fmt.Errorf("running steps in images: %w", err)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) || errors.Is(err, docker.ErrHost) {
		return &mlgate.Mistake{Err: err, Fix: noEngine}
	}
	return fmt.Errorf("%w: %s", err, noEngine)
}

// apart makes sure that the work tree does not hold what no step may reach.
func (c *Containers) apart() error {
	work, err := filepath.EvalSymlinks(c.Work)
	if err != nil {
		return fmt.Errorf("running steps in images: %w", err)
	}
	away := c.Away
	if socket, err := docker.Socket(c.Host); err == nil {
		away = append(away[:len(away):len(away)], socket)
	}
	for _, a := range away {
		real, err := filepath.EvalSymlinks(a)
		if err != nil {
			continue // not there
		}
		if rel, err := filepath.Rel(work, real); err == nil && filepath.IsLocal(rel) {
			return &mlgate.Mistake{Err: fmt.Errorf("running steps in images: %q lies in the work tree %q, which steps may write", a, c.Work), Fix: "check out into a folder of its own"}
		}
	}
	return nil
}

// hostPath is the work tree as the engine's machine knows it. In a container of that engine it is what
// is mounted there.
func (c *Containers) hostPath(ctx context.Context, engine *docker.Client) (string, error) {
	work, err := filepath.EvalSymlinks(c.Work)
	if err != nil {
		return "", err
	}
	for _, id := range ownIDs() {
		own, err := engine.Inspect(ctx, id)
		if docker.IsNotFound(err) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("finding the container that mlgate runs in: %w", err)
		}
		if shortID().MatchString(id) && own.Hostname != id {
			continue // the machine itself is called so
		}
		return translate(work, own.Mounts)
	}
	return work, nil
}

// translate follows the innermost mount that holds a path.
func translate(work string, mounts []docker.Mount) (string, error) {
	var best docker.Mount
	var below string
	for _, m := range mounts {
		rel, err := filepath.Rel(m.Destination, work)
		if err == nil && filepath.IsLocal(rel) && len(m.Destination) > len(best.Destination) {
			best, below = m, rel
		}
	}
	if best.Source == "" || best.Type != "bind" && best.Type != "volume" {
		return "", &mlgate.Mistake{Err: fmt.Errorf("running steps in images: the work tree %q lies in mlgate's own container, where the engine's other containers cannot see it", work), Fix: elsewhere}
	}
	return path.Join(best.Source, filepath.ToSlash(below)), nil
}

// owner is whom containers run as.
func (c *Containers) owner(ctx context.Context, engine *docker.Client) (string, error) {
	rootless, err := engine.Rootless(ctx)
	if err != nil || rootless {
		return "0:0", err
	}
	return c.Owner, nil
}

// OwnerOf is the owner of a folder as containers take it: uid:gid.
func OwnerOf(dir string) (string, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return "", fmt.Errorf("looking for the owner of the work tree: %w", err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", fmt.Errorf("looking for the owner of the work tree: this system does not tell that of %q", dir)
	}
	return fmt.Sprintf("%d:%d", stat.Uid, stat.Gid), nil
}

// sameTree makes sure that a container has our work tree and not a folder of the same name: an engine
// may be on another machine, or see other files.
func (c *Containers) sameTree(ctx context.Context, g ground, name string) error {
	info, err := os.Lstat(filepath.Join(c.Work, c.Witness))
	if err != nil {
		return fmt.Errorf("running in a container: %w", err)
	}
	there, err := g.engine.Stat(ctx, name, path.Join(inside, filepath.ToSlash(c.Witness)))
	if err != nil && !docker.IsNotFound(err) {
		return err
	}
	if err != nil || there.Size != info.Size() || !there.MTime.Truncate(time.Second).Equal(info.ModTime().Truncate(time.Second)) {
		return &mlgate.Mistake{Err: fmt.Errorf("running steps in images: on the engine's machine %q is not the work tree", inert.Line(g.host)), Fix: elsewhere}
	}
	return nil
}

// sweep removes the containers of this work tree whose process is gone.
func (c *Containers) sweep(ctx context.Context, g ground) error {
	all, err := g.engine.List(ctx, labelWork, g.host)
	if err != nil {
		return err
	}
	for _, l := range all {
		if alive(l.Labels[labelRun]) {
			continue
		}
		fmt.Fprintf(c.Notes, "removing the container that an earlier run left of step %s\n", inert.Line(l.Labels[labelStep]))
		late, cancel := context.WithTimeout(ctx, settle)
		err := g.engine.Remove(late, l.ID)
		cancel()
		if err != nil {
			return fmt.Errorf("removing what an earlier run left: %w", err)
		}
	}
	return nil
}

// thisProcess names this process among all of the machine and of all times: its space of numbers, its
// number, its start. Empty where the system does not tell.
func thisProcess() string {
	pid := os.Getpid()
	space, err := os.Readlink("/proc/self/ns/pid")
	began := start(pid)
	if err != nil || began == "" {
		return ""
	}
	return fmt.Sprintf("%s %d %s", space, pid, began)
}

// alive reports whether the process of that name is one that runs here.
func alive(name string) bool {
	var space, began string
	var pid int
	if n, _ := fmt.Sscanf(name, "%s %d %s", &space, &pid, &began); n != 3 {
		return false
	}
	here, err := os.Readlink("/proc/self/ns/pid")
	return err == nil && here == space && start(pid) == began
}

// start is when a process started, in ticks of the machine; empty: there is none.
func start(pid int) string {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	fields := strings.Fields(string(data[strings.LastIndex(string(data), ")")+1:])) // the program's name may hold anything
	if len(fields) < 20 || fields[0] == "Z" {
		return ""
	}
	return fields[19]
}
