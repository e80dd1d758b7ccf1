package handover

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
)

// maxArtifacts are taken of one run: as many as GitHub makes jobs of a matrix.
const maxArtifacts = 256

// File is what one artifact held. Its name is foreign, and so is all else of it.
type File struct {
	Artifact string
	Data     []byte
}

// Left is what a run left for the judge.
type Left struct {
	Files []File // in the order of their artifacts' names
	// Earlier is how many artifacts do not count, because an earlier attempt of the run left them.
	Earlier int
}

// check finds a name that asks for more than names that begin alike.
func (o Options) check() error {
	begin, _ := strings.CutSuffix(o.Artifact, "*")
	if begin == "" || strings.Contains(begin, "*") {
		return &mlgate.Mistake{Err: fmt.Errorf("reading which artifact holds the bundle: %q", o.Artifact), Fix: "a name, or for those of a matrix what their names begin with and one * at the end, such as mlgate-*"}
	}
	return nil
}

// several reports whether the artifacts of a matrix are taken; begin is what their names begin with.
func (o Options) several() (begin string, yes bool) { return strings.CutSuffix(o.Artifact, "*") }

// Bundles downloads what the run left, and takes the one file out of each artifact. A Waiting error says
// why there is none.
func (c Case) Bundles(ctx context.Context) (Left, error) {
	if err := c.concluded(); err != nil {
		return Left{}, err
	}
	ask := c.o.Artifact
	if _, yes := c.o.several(); yes {
		ask = "" // the forge finds whole names alone
	}
	all, err := c.o.Runs.Artifacts(ctx, c.run.ID, ask)
	if err != nil {
		return Left{}, fmt.Errorf("asking for the artifacts of the run %d: %w", c.run.ID, err)
	}
	chosen, earlier, err := c.choose(all)
	if err != nil {
		return Left{}, fmt.Errorf("looking for the artifact %q of the run %d: %w", c.o.Artifact, c.run.ID, err)
	}
	out, may := Left{Earlier: earlier}, c.o.Limits
	for _, a := range chosen {
		archive, content, err := c.fetch(ctx, a, may)
		if err != nil {
			return Left{}, err
		}
		may.Archive, may.Content = may.Archive-archive, may.Content-int64(len(content))
		out.Files = append(out.Files, File{a.Name, content})
	}
	return out, nil
}

// fetch returns the file in an artifact, and how many bytes were downloaded for it.
func (c Case) fetch(ctx context.Context, a mlgate.HandedArtifact, may Limits) (int64, []byte, error) {
	data, err := c.o.Runs.Archive(ctx, a.ID, may.Archive)
	if err != nil {
		return 0, nil, fmt.Errorf("downloading the artifact %q of the run %d: %w", a.Name, c.run.ID, err)
	}
	if a.SHA256 != "" && mlgate.DigestOf(data) != a.SHA256 {
		return 0, nil, fmt.Errorf("downloading the artifact %q of the run %d: its digest is %s, the forge said %s", a.Name, c.run.ID, mlgate.DigestOf(data).Short(), a.SHA256.Short())
	}
	out, err := Unzip(data, may.Content)
	if err != nil {
		return 0, nil, fmt.Errorf("opening the artifact %q of the run %d: %w", a.Name, c.run.ID, err)
	}
	return int64(len(data)), out, nil
}

// choose takes the artifacts of this attempt: the only one of the name, or one of each name that begins
// as it must. It counts those of earlier attempts.
func (c Case) choose(all []mlgate.HandedArtifact) (fit []mlgate.HandedArtifact, earlier int, err error) {
	begin, several := c.o.several()
	for _, a := range all {
		switch {
		case a.Name != begin && (!several || !strings.HasPrefix(a.Name, begin)):
		case a.Created.Before(c.run.Started.Add(-time.Second)): // GitHub's times are whole seconds
			earlier++
		default:
			fit = append(fit, a)
		}
	}
	slices.SortStableFunc(fit, func(a, b mlgate.HandedArtifact) int { return strings.Compare(a.Name, b.Name) })
	switch {
	case len(fit) > maxArtifacts:
		return nil, 0, fmt.Errorf("there are %d whose names begin so, at most %d are taken", len(fit), maxArtifacts)
	case len(fit) == 0 && earlier > 0:
		return nil, 0, &mlgate.Waiting{Reason: fmt.Sprintf("it is of an earlier attempt than %d, and numbers of this one are judged: run all jobs again", c.run.Attempt)}
	case len(fit) == 0:
		return nil, 0, &mlgate.Waiting{Reason: "there is none: did the run end before it wrote its bundle?"}
	}
	return fit, earlier, c.checkArtifacts(fit)
}

// artifactName is what GitHub lets an artifact be called; its own limit of the length is not told.
var artifactName = pattern.Lazy(`^[^":<>|*?\\/[:cntrl:]]{1,256}$`)

// checkArtifacts compares artifacts with what they must be; they are sorted by their names.
func (c Case) checkArtifacts(all []mlgate.HandedArtifact) error {
	var size int64
	for i, a := range all {
		switch {
		case !artifactName().MatchString(a.Name):
			return errors.New("one has a name that no artifact can have") // which is not repeated
		case i > 0 && a.Name == all[i-1].Name:
			return fmt.Errorf("more than one has the name %q, and one is taken", a.Name)
		case a.Expired:
			return &mlgate.Waiting{Reason: fmt.Sprintf("%q has expired: run the steps again", a.Name)}
		case a.Run != c.run.ID || a.Repo != c.home.ID || a.HeadRepo != c.run.HeadRepo.ID || a.Head != c.run.Head:
			return fmt.Errorf("%q belongs to another run, repository or commit", a.Name)
		case a.Size < 0 || a.Size > c.o.Limits.Archive-size:
			return fmt.Errorf("%q has %d bytes, and of all together at most %d are downloaded", a.Name, a.Size, c.o.Limits.Archive)
		}
		size += a.Size
	}
	return nil
}
