package docker

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"time"
)

// Spec is a container to be made. What it does not say is not given: every container is without
// capabilities, without a way to gain privileges, without the image's entry point and health check.
type Spec struct {
	Name    string
	Image   string // name or id
	Command []string
	Env     []string // beside the image's own
	User    string   // uid:gid
	Dir     string   // absolute, in the container
	Labels  map[string]string
	Binds   []Bind
	Network string // a mode, like "none"; empty: what the engine gives
	CPUs    int    // zero: all
	Memory  int64  // bytes, without swap; zero: all
	GPUs    int
	Shm     int64 // bytes of /dev/shm
	Pids    int64 // processes and threads
}

// Bind makes a folder or file of the engine's machine appear in the container.
type Bind struct {
	Source, Target string
	ReadOnly       bool
}

// The names of the API.
type createBody struct {
	Image       string
	Entrypoint  []string
	Cmd         []string
	Env         []string
	User        string
	WorkingDir  string
	Labels      map[string]string
	Healthcheck struct{ Test []string }
	HostConfig  hostConfig
}

type hostConfig struct {
	Mounts         []mount
	NetworkMode    string `json:",omitempty"`
	CapDrop        []string
	SecurityOpt    []string
	LogConfig      struct{ Type string }
	NanoCPUs       int64           `json:"NanoCpus,omitempty"`
	Memory         int64           `json:",omitempty"`
	MemorySwap     int64           `json:",omitempty"`
	PidsLimit      int64           `json:",omitempty"`
	ShmSize        int64           `json:",omitempty"`
	DeviceRequests []deviceRequest `json:",omitempty"`
}

type mount struct {
	Type, Source, Target string
	ReadOnly             bool
}

type deviceRequest struct {
	Count        int
	Capabilities [][]string
}

// Create makes a container that does not run yet. Its output is kept nowhere: Attach before Start.
func (c *Client) Create(ctx context.Context, s Spec) error {
	body := createBody{Image: s.Image, Entrypoint: s.Command[:1], Cmd: s.Command[1:], Env: s.Env, User: s.User, WorkingDir: s.Dir, Labels: s.Labels}
	body.Healthcheck.Test = []string{"NONE"}
	body.HostConfig = hostConfig{
		NetworkMode: s.Network, CapDrop: []string{"ALL"}, SecurityOpt: []string{"no-new-privileges"},
		NanoCPUs: int64(s.CPUs) * 1e9, Memory: s.Memory, MemorySwap: s.Memory, PidsLimit: s.Pids, ShmSize: s.Shm,
	}
	body.HostConfig.LogConfig.Type = "none"
	for _, b := range s.Binds {
		body.HostConfig.Mounts = append(body.HostConfig.Mounts, mount{"bind", b.Source, b.Target, b.ReadOnly})
	}
	if s.GPUs > 0 {
		body.HostConfig.DeviceRequests = []deviceRequest{{s.GPUs, [][]string{{"gpu"}}}}
	}
	return c.call(ctx, request{method: "POST", path: "/containers/create", query: url.Values{"name": {s.Name}}, body: body, doing: "making a container of the image"}, nil)
}

// Attach opens the container's output, in the frames that Copy reads. It ends when the container does,
// and with ctx.
func (c *Client) Attach(ctx context.Context, name string) (io.ReadCloser, error) {
	q := url.Values{"stream": {"1"}, "stdout": {"1"}, "stderr": {"1"}}
	r := request{method: "POST", path: "/containers/" + name + "/attach", query: q, doing: "opening the container's output", upgrade: true}
	late, cancel := context.WithCancelCause(ctx)
	quiet := newWatch(c.patience, cancel)
	r.endless = true // the watch is over when the answer begins, and not when it ends
	resp, done, err := c.send(late, r)
	quiet.stop()
	if err != nil {
		cancel(nil)
		return nil, err
	}
	stop := context.AfterFunc(late, func() { _ = resp.Body.Close() }) // a connection taken over has no context
	return &attached{resp.Body, func() { stop(); done(); cancel(nil) }}, nil
}

type attached struct {
	io.ReadCloser
	done func()
}

func (a *attached) Close() error { a.done(); return nil }

// Start starts a container.
func (c *Client) Start(ctx context.Context, name string) error {
	return c.call(ctx, request{method: "POST", path: "/containers/" + name + "/start", doing: "starting the container"}, nil)
}

// Wait returns the exit code of a started container when it has ended, however long that takes.
func (c *Client) Wait(ctx context.Context, name string) (int, error) {
	var got struct {
		StatusCode int
		Error      *struct{ Message string }
	}
	r := request{method: "POST", path: "/containers/" + name + "/wait", doing: "waiting for the container", endless: true}
	if err := c.call(ctx, r, &got); err != nil {
		return -1, err
	}
	if got.Error != nil && got.Error.Message != "" {
		return -1, fmt.Errorf("%s: the Docker engine says: %s", r.doing, harmless(got.Error.Message))
	}
	return got.StatusCode, nil
}

// Container is what an engine tells about one.
type Container struct {
	ID       string `json:"Id"`
	Hostname string
	OOM      bool // it was ended for want of memory
	Mounts   []Mount
}

// Mount is a place in a container that comes from the engine's machine.
type Mount struct{ Type, Source, Destination string }

// Inspect looks at a container, by name or id.
func (c *Client) Inspect(ctx context.Context, name string) (Container, error) {
	var got struct {
		Container
		Config struct{ Hostname string }
		State  struct{ OOMKilled bool }
	}
	err := c.call(ctx, request{method: "GET", path: "/containers/" + name + "/json", doing: "looking at a container"}, &got)
	got.Hostname, got.OOM = got.Config.Hostname, got.State.OOMKilled
	return got.Container, err
}

// Kill sends a signal to a container's first process. One that does not run any more is no error.
func (c *Client) Kill(ctx context.Context, name, signal string) error {
	err := c.call(ctx, request{method: "POST", path: "/containers/" + name + "/kill", query: url.Values{"signal": {signal}}, doing: "ending the container"}, nil)
	if IsConflict(err) || IsNotFound(err) {
		return nil
	}
	return err
}

// Remove ends a container and removes it with what it wrote outside of binds. An absent one is no error.
func (c *Client) Remove(ctx context.Context, name string) error {
	r := request{method: "DELETE", path: "/containers/" + name, query: url.Values{"force": {"1"}, "v": {"1"}}, doing: "removing the container"}
	for {
		err := c.call(ctx, r, nil)
		switch {
		case IsNotFound(err):
			return nil
		case !IsConflict(err):
			return err
		}
		select { // somebody else removes it at this moment
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Listed is one container of a list.
type Listed struct {
	ID     string `json:"Id"`
	Labels map[string]string
}

// List returns the containers, running or not, that carry a label with this value.
func (c *Client) List(ctx context.Context, label, value string) ([]Listed, error) {
	filters, err := json.Marshal(map[string][]string{"label": {label + "=" + value}})
	if err != nil {
		return nil, err
	}
	var all, out []Listed
	r := request{method: "GET", path: "/containers/json", query: url.Values{"all": {"1"}, "filters": {string(filters)}}, doing: "listing containers"}
	if err := c.call(ctx, r, &all); err != nil {
		return nil, err
	}
	for _, l := range all {
		if l.Labels[label] == value { // an engine that does not know the filter lists all
			out = append(out, l)
		}
	}
	return out, nil
}

// File is what a container has at a path.
type File struct {
	Size  int64
	MTime time.Time
}

// Stat looks at a path of a container, which need not run.
func (c *Client) Stat(ctx context.Context, name, path string) (File, error) {
	r := request{method: "HEAD", path: "/containers/" + name + "/archive", query: url.Values{"path": {path}}, doing: "looking into the container"}
	resp, done, err := c.send(ctx, r)
	if err != nil {
		return File{}, err
	}
	defer done()
	data, err := base64.StdEncoding.DecodeString(resp.Header.Get("X-Docker-Container-Path-Stat"))
	var f File
	if err == nil {
		err = json.Unmarshal(data, &f)
	}
	if err != nil {
		return f, fmt.Errorf("%s: reading the Docker engine's answer: %w", r.doing, err)
	}
	return f, nil
}

// Rootless reports whether the engine runs without root: then root in a container is the engine's user.
func (c *Client) Rootless(ctx context.Context) (bool, error) {
	var got struct{ SecurityOptions []string }
	if err := c.call(ctx, request{method: "GET", path: "/info", doing: "asking what it can do"}, &got); err != nil {
		return false, err
	}
	for _, o := range got.SecurityOptions {
		if o == "name=rootless" {
			return true, nil
		}
	}
	return false, nil
}
