package ci

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/sethvargo/go-githubactions"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// GitHubOptions are the runner's surroundings.
type GitHubOptions struct {
	Getenv     func(string) string
	ReadFile   func(string) ([]byte, error)
	AppendFile func(name string, data []byte) error
	Out        io.Writer // the job's log, where annotations are read from
}

// GitHub is GitHub Actions.
type GitHub struct{ o GitHubOptions }

var _ mlgate.CI = (*GitHub)(nil)

// NewGitHub reads nothing yet.
func NewGitHub(o GitHubOptions) *GitHub { return &GitHub{o} }

// MaxEvent is the largest event file that is read, in bytes: GitHub's own payloads end at 25 MB.
const MaxEvent = 25 << 20

// event are the fields that are used. All are optional.
type event struct {
	Action     string `json:"action"`
	Number     int    `json:"number"`
	Ref        string `json:"ref"`
	Before     string `json:"before"`
	After      string `json:"after"`
	Deleted    bool   `json:"deleted"`
	Repository struct {
		FullName      string `json:"full_name"`
		DefaultBranch string `json:"default_branch"`
	} `json:"repository"`
	MergeGroup *struct {
		HeadSHA string `json:"head_sha"`
		HeadRef string `json:"head_ref"`
		BaseRef string `json:"base_ref"`
	} `json:"merge_group"`
	PullRequest *struct {
		Number int    `json:"number"`
		State  string `json:"state"`
		Title  string `json:"title"`
		Merged bool   `json:"merged"`
		Labels []struct {
			Name string `json:"name"`
		} `json:"labels"`
		Head side `json:"head"`
		Base side `json:"base"`
	} `json:"pull_request"`
	WorkflowRun *struct {
		ID      int64 `json:"id"`
		Attempt int   `json:"run_attempt"`
	} `json:"workflow_run"`
}

type side struct {
	SHA  string `json:"sha"`
	Ref  string `json:"ref"`
	Repo *struct {
		FullName string `json:"full_name"`
	} `json:"repo"`
}

var (
	commitID = regexp.MustCompile(`^[0-9a-f]{40}([0-9a-f]{24})?$`)
	repoName = regexp.MustCompile(`^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$`)
)

// Change reads the event file. The head of a pull request is its own newest commit, not GitHub's
// test merge.
func (g *GitHub) Change(context.Context) (mlgate.Change, error) {
	e, err := g.event()
	if err != nil {
		return mlgate.Change{}, err
	}
	get := g.o.Getenv
	attempt, _ := strconv.Atoi(get("GITHUB_RUN_ATTEMPT")) // absent: 0
	c := mlgate.Change{
		Head: get("GITHUB_SHA"), Default: e.Repository.DefaultBranch, Actor: get("GITHUB_ACTOR"), Repo: get("GITHUB_REPOSITORY"),
		Run: mlgate.CIRun{ID: get("GITHUB_RUN_ID"), Attempt: attempt},
	}
	server := strings.TrimSuffix(get("GITHUB_SERVER_URL"), "/")
	if server == "" {
		server = "https://github.com"
	}
	if !repoName.MatchString(c.Repo) {
		return c, fmt.Errorf("reading the CI event: GITHUB_REPOSITORY is %q, no owner/name", c.Repo)
	}
	c.Remote = server + "/" + c.Repo + ".git"
	c.Run.URL = fmt.Sprintf("%s/%s/actions/runs/%s", server, c.Repo, c.Run.ID)
	if err := fill(&c, get("GITHUB_EVENT_NAME"), get("GITHUB_REF"), e); err != nil {
		return c, err
	}
	if !commitID.MatchString(c.Head) {
		return c, fmt.Errorf("reading the CI event: the commit is %q, no commit id", c.Head)
	}
	return c, nil
}

func (g *GitHub) event() (event, error) {
	var e event
	return e, g.payload(&e)
}

// payload decodes the event file.
func (g *GitHub) payload(e any) error {
	name := g.o.Getenv("GITHUB_EVENT_PATH")
	if name == "" {
		return &mlgate.Mistake{Err: errors.New("reading the CI event: GITHUB_EVENT_PATH is not set; is this a GitHub Actions runner?"), Fix: "on a laptop: mlgate review"}
	}
	data, err := g.o.ReadFile(name)
	if err != nil {
		return fmt.Errorf("reading the CI event: %w", err)
	}
	if len(data) > MaxEvent {
		return fmt.Errorf("reading the CI event: the file has %d bytes, at most %d are read", len(data), MaxEvent)
	}
	if err := json.Unmarshal(data, e); err != nil {
		return fmt.Errorf("reading the CI event %q: %w", name, err)
	}
	return nil
}

// fill maps GitHub's events to ours.
func fill(c *mlgate.Change, name, ref string, e event) error {
	branch, _ := strings.CutPrefix(ref, "refs/heads/")
	if branch == ref {
		branch = "" // a tag, or the ref of a pull request
	}
	switch name {
	case "pull_request", "pull_request_review": // a review may be the approval that was missing
		return fillPull(c, e)
	case "pull_request_target":
		return &mlgate.Mistake{
			Err: errors.New("reading the CI event: mlgate does not run on pull_request_target: it gives the change's code a token that can write"),
			Fix: "use pull_request with two jobs (workflows-examples/github/two-jobs.yml), for forks two workflows (fork-run.yml and fork-judge.yml beside it)",
		}
	case "push":
		branch, isBranch := strings.CutPrefix(e.Ref, "refs/heads/")
		c.Event = mlgate.Other
		if isBranch && !e.Deleted {
			c.Event, c.BaseBranch, c.HeadBranch = mlgate.Push, branch, branch
			c.Head, c.Before = e.After, e.Before
		}
		if c.Before != "" && !commitID.MatchString(c.Before) {
			return fmt.Errorf("reading the CI event: before is %q, no commit id", c.Before)
		}
	case "workflow_run":
		return fillHanded(c, e)
	case "merge_group":
		return fillGroup(c, e)
	case "schedule":
		c.Event, c.BaseBranch, c.HeadBranch = mlgate.Schedule, c.Default, branch
	case "workflow_dispatch":
		c.Event, c.BaseBranch, c.HeadBranch = mlgate.Manual, c.Default, branch
	default:
		c.Event, c.BaseBranch = mlgate.Other, c.Default
	}
	return nil
}

// fillHanded takes which run ended, and nothing else: the payload of a fork's run is the fork's in parts.
func fillHanded(c *mlgate.Change, e event) error {
	if e.WorkflowRun == nil || e.WorkflowRun.ID <= 0 || e.WorkflowRun.Attempt <= 0 {
		return errors.New("reading the CI event: a workflow_run event that does not say which run ended")
	}
	c.Event = mlgate.HandedOver
	c.Handed = mlgate.CIRun{ID: strconv.FormatInt(e.WorkflowRun.ID, 10), Attempt: e.WorkflowRun.Attempt}
	return nil
}

// queueRef is the branch that GitHub makes for one entry of a merge queue. Nobody else can push there.
var queueRef = regexp.MustCompile(`^refs/heads/(gh-readonly-queue/.+/pr-([1-9][0-9]{0,9})-[0-9a-f]{40,64})$`)

func fillGroup(c *mlgate.Change, e event) error {
	g := e.MergeGroup
	if g == nil {
		return errors.New("reading the CI event: a merge_group event without a merge group")
	}
	base, isBranch := strings.CutPrefix(g.BaseRef, "refs/heads/")
	m := queueRef.FindStringSubmatch(g.HeadRef)
	if !isBranch || base == "" || m == nil {
		return fmt.Errorf("reading the CI event: the merge group goes from %q to %q, which are no branches of a queue", g.HeadRef, g.BaseRef)
	}
	c.Event, c.Head, c.HeadBranch, c.BaseBranch = mlgate.MergeGroup, g.HeadSHA, m[1], base
	c.Number, _ = strconv.Atoi(m[2]) // ten digits at most
	if e.Action == "destroyed" {
		c.Event = mlgate.Other
	}
	return nil
}

func fillPull(c *mlgate.Change, e event) error {
	p := e.PullRequest
	if p == nil {
		return errors.New("reading the CI event: a pull_request event without a pull request")
	}
	c.Event, c.Number, c.Title = mlgate.PullRequest, p.Number, p.Title
	for _, l := range p.Labels {
		c.Labels = append(c.Labels, l.Name)
	}
	if p.State == "closed" {
		c.Event = mlgate.Other
	}
	if e.Action == "closed" {
		c.Event, c.Closed = mlgate.Other, !p.Merged
	}
	c.Head, c.HeadBranch, c.BaseBranch = p.Head.SHA, p.Head.Ref, p.Base.Ref
	c.Fork = p.Head.Repo == nil || p.Base.Repo == nil || p.Head.Repo.FullName != p.Base.Repo.FullName
	if c.Number <= 0 || c.BaseBranch == "" {
		return errors.New("reading the CI event: the pull request has no number or no base branch")
	}
	return nil
}

// maxAnnotations of each level are shown by GitHub for a step.
const maxAnnotations = 10

// Publish writes summary and outputs to the runner's files, annotations to the log. Where a file is
// not offered, nothing is written.
func (g *GitHub) Publish(_ context.Context, p mlgate.Publication) error {
	a := githubactions.New(githubactions.WithWriter(g.o.Out), githubactions.WithGetenv(g.o.Getenv))
	counts := map[mlgate.Status]int{}
	for _, f := range p.Annotations {
		if counts[f.Status]++; counts[f.Status] > maxAnnotations {
			continue
		}
		annotate(a, f)
	}
	var errs []error
	if name := g.o.Getenv("GITHUB_STEP_SUMMARY"); name != "" && p.Summary != "" {
		errs = append(errs, g.o.AppendFile(name, []byte(p.Summary+"\n")))
	}
	if name := g.o.Getenv("GITHUB_OUTPUT"); name != "" {
		for _, v := range p.Outputs {
			errs = append(errs, g.o.AppendFile(name, []byte(output(v))))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("writing the job's summary and outputs: %w", err)
	}
	return nil
}

// output uses a random delimiter: with a known one, a value could forge further outputs.
func output(v mlgate.ValueOut) string {
	delimiter := "mlgate_" + rand.Text()
	return fmt.Sprintf("%s<<%s\n%s\n%s\n", v.Name, delimiter, v.Value, delimiter)
}

func annotate(a *githubactions.Action, f mlgate.Finding) {
	fields := map[string]string{"title": inert.Line(inert.Clip(f.Rule, 120))}
	if f.Pos.File != "" {
		fields["file"] = inert.Line(f.Pos.File)
	}
	if f.Pos.Line > 0 {
		fields["line"], fields["col"] = strconv.Itoa(f.Pos.Line), strconv.Itoa(max(1, f.Pos.Col))
	}
	a = a.WithFieldsMap(fields)
	text := inert.Line(inert.Clip(f.Message, 1000))
	switch f.Status {
	case mlgate.Unknown, mlgate.Fail:
		a.Errorf("%s", text)
	case mlgate.Warn, mlgate.Inconclusive:
		a.Warningf("%s", text)
	default:
		a.Noticef("%s", text)
	}
}
