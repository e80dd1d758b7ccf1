package executor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/wire/docker"
)

var python = mlgate.Container{Image: "python:3.12"}

func (c *Containers) task() mlgate.Task {
	return mlgate.Task{Name: "train", Run: "python train.py", Dir: c.Work, Container: &python, ImageID: imageID}
}

func TestContainerIsGivenTheWorkTreeAndNothingElse(t *testing.T) {
	t.Parallel()
	f := startEngine(t)
	f.step = func(out io.Writer, _ <-chan string) int {
		out.Write(frame(1, "one\ntw"))
		out.Write(frame(2, "oops\n"))
		out.Write(frame(1, "o\n"))
		return 3
	}
	c := f.workTree(t)
	task := c.task()
	task.Dir, task.Env = filepath.Join(c.Work, "models", "a"), []string{"SEED=1"}
	task.Container = &mlgate.Container{Image: "python:3.12", Network: mlgate.NetworkNone, GPUs: 1, CPUs: 2, Memory: 1 << 30}
	var log bytes.Buffer
	run, err := c.Run(t.Context(), task, &log)
	if err != nil || run.Exit != 3 || run.Why != "" || log.String() != "one\ntwoops\no\n" {
		t.Errorf("%+v, %v, %q", run, err, log.String())
	}
	if f.made["User"] != fmt.Sprintf("%d:%d", os.Getuid(), os.Getgid()) {
		t.Errorf("runs as %v", f.made["User"])
	}
	labels := f.made["Labels"].(map[string]any)
	if labels[labelWork] != c.Work || labels[labelStep] != "train" {
		t.Errorf("labels %v", labels)
	}
	delete(f.made, "User")
	delete(f.made, "Labels")
	got, _ := json.MarshalIndent(f.made, "", " ")
	want := strings.ReplaceAll(`{
 "Cmd": ["-c", "python train.py"], "Entrypoint": ["sh"], "Env": ["SEED=1"], "Healthcheck": {"Test": ["NONE"]},
 "HostConfig": {
  "CapDrop": ["ALL"], "SecurityOpt": ["no-new-privileges"], "LogConfig": {"Type": "none"}, "NetworkMode": "none",
  "DeviceRequests": [{"Count": 1, "Capabilities": [["gpu"]]}], "NanoCpus": 2000000000, "Memory": 1073741824, "MemorySwap": 1073741824, "PidsLimit": 32768, "ShmSize": 1073741824,
  "Mounts": [{"Type": "bind", "Source": "WORK", "Target": "`+inside+`", "ReadOnly": false}, {"Type": "bind", "Source": "WORK/.git", "Target": "`+inside+`/.git", "ReadOnly": true}]
 }, "Image": "`+imageID+`", "WorkingDir": "`+inside+`/models/a"}`, "WORK", c.Work)
	var wanted any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wanted, any(f.made)); diff != "" {
		t.Errorf("asked for\n%s\n%s", got, diff)
	}
	if len(f.gone) != 1 {
		t.Errorf("removed: %v", f.gone)
	}
}

func TestContainerThatIgnoresSIGTERM(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		timeout time.Duration
		why     string
	}{"timeout": {200 * time.Millisecond, "timed out after 200ms"}, "cancel": {0, "cancelled"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startEngine(t)
			ctx, cancel := context.WithCancel(t.Context())
			started := make(chan bool)
			f.step = func(out io.Writer, signals <-chan string) int {
				close(started)
				return untilKilled(out, signals)
			}
			if c.timeout == 0 {
				go func() { <-started; cancel() }()
			}
			defer cancel()
			images := f.workTree(t)
			if _, err := images.open(ctx); err != nil { // so that the time is the container's
				t.Fatal(err)
			}
			task := images.task()
			task.Timeout = c.timeout
			run, err := images.Run(ctx, task, io.Discard)
			if err != nil || run.Why != c.why || run.Exit != -1 {
				t.Errorf("%+v, %v", run, err)
			}
			if len(f.gone) != 1 || f.called("POST /containers/create") != 1 {
				t.Errorf("removed %v of %v", f.gone, f.calls)
			}
		})
	}
}

func TestContainerThatNeedsTooMuchMemory(t *testing.T) {
	t.Parallel()
	f := startEngine(t)
	f.oom, f.step = true, func(io.Writer, <-chan string) int { return 137 }
	c := f.workTree(t)
	task := c.task()
	task.Container = &mlgate.Container{Image: "python:3.12", Memory: 512 << 20}
	run, err := c.Run(t.Context(), task, io.Discard)
	if err != nil || run.Code() != 137 || run.Why != "killed for want of memory: `image.memory` is 512 MiB" {
		t.Errorf("%+v, %v", run, err)
	}
}

// Output that is cut short is an engine's trouble and no end of the step; its container does not stay.
func TestContainerOutputThatBreaksOff(t *testing.T) {
	t.Parallel()
	for name, text := range map[string][]byte{"in a frame": frame(1, "hello")[:10], "in a head": {1, 0, 0}, "no frame": []byte("HTTP/1.1 500 no")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startEngine(t)
			f.step = func(out io.Writer, signals <-chan string) int {
				out.Write(text)
				out.(net.Conn).Close()
				<-signals
				return 143
			}
			run, err := f.workTree(t).run(t)
			if err == nil || run.OK() || !strings.Contains(err.Error(), "reading the container's output") || len(f.gone) != 1 {
				t.Errorf("%+v, %v, removed %v", run, err, f.gone)
			}
		})
	}
}

func (c *Containers) run(t *testing.T) (mlgate.StepRun, error) {
	t.Helper()
	return c.Run(t.Context(), c.task(), io.Discard)
}

func TestNoEngine(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "engine")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	refused, hanging := filepath.Join(dir, "refused"), filepath.Join(dir, "hanging")
	l, err := net.Listen("unix", refused)
	if err != nil {
		t.Fatal(err)
	}
	l.(*net.UnixListener).SetUnlinkOnClose(false)
	l.Close()
	h, err := net.Listen("unix", hanging)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	for name, c := range map[string]struct {
		host, want string
		mistake    bool
	}{
		"absent":   {"unix://" + dir + "/absent", "no such file or directory", true},
		"refused":  {"unix://" + refused, "connection refused", false},
		"hanging":  {"unix://" + hanging, "it does not answer for 50ms", false},
		"not unix": {"tcp://10.0.0.1:2375", `"tcp://10.0.0.1:2375" is no unix socket`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			images := startEngine(t).workTree(t)
			images.Host, images.Patience = c.host, 50*time.Millisecond
			_, err := images.Prepare(t.Context(), python)
			_, mistake := errors.AsType[*mlgate.Mistake](err)
			said := fmt.Sprint(err)
			if m, ok := errors.AsType[*mlgate.Mistake](err); ok {
				said += m.Fix
			}
			if err == nil || mistake != c.mistake || !strings.Contains(said, c.want) || !strings.Contains(said, "DOCKER_HOST") || !strings.Contains(said, "take `image` out") {
				t.Errorf("%v (a mistake: %v)", said, mistake)
			}
		})
	}
}

func TestEngineThatStopsAnswering(t *testing.T) {
	t.Parallel()
	for _, call := range []string{"/info", "/python:3.12/json", "/create", "/archive", "/attach", "/start"} {
		t.Run(strings.Trim(call, "/"), func(t *testing.T) {
			t.Parallel()
			f := startEngine(t)
			f.silent = call
			c := f.workTree(t)
			c.Patience = 50 * time.Millisecond
			_, err := c.Prepare(t.Context(), python)
			if err == nil {
				_, err = c.run(t)
			}
			if err == nil || !strings.Contains(err.Error(), "it does not answer for 50ms") {
				t.Errorf("%v", err)
			}
			if f.called("POST /containers/create") != len(f.gone) {
				t.Errorf("removed %v of %v", f.gone, f.calls)
			}
		})
	}
}

// A container that cannot be removed is named, so that a person can do it.
func TestContainerThatStays(t *testing.T) {
	t.Parallel()
	f := startEngine(t)
	f.stays = true
	if run, err := f.workTree(t).run(t); err == nil || !strings.Contains(err.Error(), "it may still run (docker rm -f mlgate-") {
		t.Errorf("%+v, %v", run, err)
	}
}

func TestPull(t *testing.T) {
	t.Parallel()
	good := `{"status":"Pulling from library/python","id":"3.13"}` + "\n" + `{"status":"Status: Downloaded"}` + "\n"
	for name, c := range map[string]struct {
		image, pull, stream, want string
		mistake                   bool
		pulls                     int
	}{
		"there":                 {image: "python:3.12"},
		"there, always":         {image: "python:3.12", pull: "always", stream: good, pulls: 1},
		"absent":                {image: "python:3.13", stream: good, pulls: 1},
		"absent, no tag":        {image: "python", stream: good, pulls: 1, want: "No such image"}, // the fake has python:latest, and is asked for python
		"absent, never":         {image: "python:3.13", pull: "never", want: "`pull: never` says not to ask", mistake: true},
		"no such image":         {image: "python:3.99", stream: `{"error":"manifest for python:3.99 not found"}`, want: "manifest for python:3.99 not found (mlgate pulls without credentials", pulls: 1},
		"an answer of nonsense": {image: "python:3.13", stream: "<html>", want: "reading the Docker engine's answer", pulls: 1},
		"a hostile answer":      {image: "python:3.13", stream: `{"error":"\u001b[2Jgone\n::set-output"}`, want: `\u{1b}[2Jgone␤::set-output`, pulls: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startEngine(t)
			f.pulls = c.stream
			images := f.workTree(t)
			used, err := images.Prepare(t.Context(), mlgate.Container{Image: c.image, Pull: c.pull})
			_, mistake := errors.AsType[*mlgate.Mistake](err)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) || mistake != c.mistake || f.called("POST /images/create") != c.pulls {
				t.Errorf("%v (a mistake: %v), calls %v", err, mistake, f.calls)
			}
			if err == nil && (used.ID != imageID || used.Digest != "sha256:"+strings.Repeat("cd", 32)) {
				t.Errorf("it is %+v", used)
			}
		})
	}
}

func TestImageThatIsNoDigest(t *testing.T) {
	t.Parallel()
	f := startEngine(t)
	f.images["python:3.12"] = "\x1b[2J"
	if _, err := f.workTree(t).Prepare(t.Context(), python); err == nil || !strings.Contains(err.Error(), "no digest") {
		t.Error(err)
	}
}

func TestContainersOfAKilledRunAreRemoved(t *testing.T) {
	t.Parallel()
	f := startEngine(t)
	c := f.workTree(t)
	mine := func(id, work, run string) map[string]any {
		return map[string]any{"Id": id, "Labels": map[string]string{labelWork: work, labelRun: run, labelStep: "train"}}
	}
	f.list = []map[string]any{
		mine("dead", c.Work, "pid:[1] 1 1"), mine("unknown", c.Work, ""), mine("running", c.Work, thisProcess()), mine("elsewhere", "/other", "pid:[1] 1 1"),
	}
	var notes bytes.Buffer
	c.Notes = &notes
	if _, err := c.Prepare(t.Context(), python); err != nil {
		t.Fatal(err)
	}
	want := []string{"dead", "unknown"}
	if thisProcess() == "" { // this system does not tell who runs
		want = append(want, "running")
	}
	if !slices.Equal(f.gone, want) || !strings.Contains(notes.String(), "an earlier run left of step train") {
		t.Errorf("removed %v, said %q", f.gone, notes.String())
	}
}

func TestEngineThatSeesAnotherFolder(t *testing.T) {
	t.Parallel()
	f := startEngine(t)
	c := f.workTree(t)
	f.stat["size"] = 1
	_, err := c.run(t)
	if _, mistake := errors.AsType[*mlgate.Mistake](err); !mistake || !strings.Contains(err.Error(), "is not the work tree") || len(f.gone) != 1 || f.called("POST /containers/"+f.gone[0]+"/start") != 0 {
		t.Errorf("%v, calls %v", err, f.calls)
	}
}

func TestWhatNoStepMayReach(t *testing.T) {
	t.Parallel()
	f := startEngine(t)
	c := f.workTree(t)
	out := filepath.Join(c.Work, "output")
	if err := os.WriteFile(out, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(out, link); err != nil {
		t.Fatal(err)
	}
	c.Away = []string{filepath.Join(c.Work, "absent"), link}
	_, err := c.Prepare(t.Context(), python)
	if _, mistake := errors.AsType[*mlgate.Mistake](err); !mistake || !strings.Contains(err.Error(), "lies in the work tree") || len(f.calls) != 0 {
		t.Errorf("%v, calls %v", err, f.calls)
	}
}

func TestEngineThatRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		end     string
		no      refusal
		mistake bool
	}{
		"no shell":  {"/start", refusal{400, `exec: "sh": executable file not found in $PATH`}, true},
		"no folder": {"/create", refusal{400, "invalid mount config for type \"bind\": bind source path does not exist: /x"}, true},
		"no GPU":    {"/start", refusal{500, `could not select device driver "" with capabilities: [[gpu]]`}, true},
		"no space":  {"/start", refusal{500, "no space left on device"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := startEngine(t)
			f.refuse = map[string]refusal{c.end: c.no}
			_, err := f.workTree(t).run(t)
			if _, mistake := errors.AsType[*mlgate.Mistake](err); err == nil || mistake != c.mistake || !strings.Contains(err.Error(), c.no.message) || len(f.gone) != 1 {
				t.Errorf("%v (a mistake: %v), removed %v", err, mistake, f.gone)
			}
		})
	}
}

func TestTranslate(t *testing.T) {
	t.Parallel()
	mounts := []docker.Mount{
		{Type: "bind", Source: "/var/run/docker.sock", Destination: "/var/run/docker.sock"}, {Type: "bind", Source: "/srv/runner/repo/repo", Destination: "/github/workspace"},
		{Type: "bind", Source: "/srv/runner/_temp", Destination: "/github"}, {Type: "volume", Source: "/var/lib/docker/volumes/v/_data", Destination: "/vol"}, {Type: "tmpfs", Destination: "/mem"},
	}
	for work, want := range map[string]string{
		"/github/workspace": "/srv/runner/repo/repo", "/github/workspace/a/b": "/srv/runner/repo/repo/a/b", "/github/workspaces": "/srv/runner/_temp/workspaces",
		"/vol/x": "/var/lib/docker/volumes/v/_data/x", "/mem/x": "", "/src": "",
	} {
		if got, err := translate(work, mounts); got != want || (err != nil) != (want == "") {
			t.Errorf("%s is %q, %v; want %q", work, got, err, want)
		}
	}
}

func TestMountedIDs(t *testing.T) {
	t.Parallel()
	id := strings.Repeat("0f", 32)
	for name, c := range map[string]struct{ text, want string }{
		"docker":                {"91 72 254:0 /var/lib/docker/containers/" + id + "/resolv.conf /etc/resolv.conf rw - ext4 /dev/vda rw\n", id},
		"podman":                {"91 72 0:1 /containers/storage/overlay-containers/" + id + "/userdata/hosts /etc/hosts rw - tmpfs tmpfs rw\n", id},
		"the machine itself":    {"91 72 0:1 / /var/lib/docker/containers/" + id + "/mounts/shm rw - tmpfs shm rw\n", ""},
		"another file of /etc":  {"91 72 0:1 /run/resolv.conf /etc/resolv.conf rw - tmpfs tmpfs rw\n", ""},
		"cut off in the middle": {"91 72 254:0 /var/lib", ""},
	} {
		if got := strings.Join(mountedIDs(c.text), " "); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestContainerEnviron(t *testing.T) {
	t.Parallel()
	got := ContainerEnviron([]string{"PATH=/bin", "HOME=/root", "PYTHONPATH=/x", "CI=true", "OMP_NUM_THREADS=2", "GITHUB_TOKEN=t", "DOCKER_HOST=unix:///x", "AWS_PROFILE=p", "HTTPS_PROXY=http://proxy"},
		[]string{"AWS_PROFILE", "GITHUB_TOKEN"}, []mlgate.EnvVar{{Name: "SEED", Value: "1"}})
	want := []string{"AWS_PROFILE=p", "CI=true", "HOME=/tmp", "HTTPS_PROXY=http://proxy", "OMP_NUM_THREADS=2", "SEED=1"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
