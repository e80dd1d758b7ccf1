package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

// reportFile is the report that is attached to a release.
const reportFile = "mlgate-report.json"

// release shows what moved as releases, where the stage asks for it. The move is made: what goes wrong is
// told beside it, and no later run of the push makes up for it: that one judges nothing, and has no report.
// On a laptop there is nobody to ask.
func (a *app) release(ctx context.Context, outs []mlgate.Outcome) {
	for i := range outs {
		for j := range outs[i].Moved {
			m := &outs[i].Moved[j]
			if m.Tag == "" {
				continue
			}
			err := a.releaseOne(ctx, outs[i], m.Tag, m.Version)
			if err == nil {
				continue
			}
			if m.Note != "" {
				m.Note += "; "
			}
			m.Note += "its release is not made: " + inert.Line(err.Error()) + "; make it by hand, of the tag " + inert.Line(m.Tag)
			fmt.Fprintf(a.Stderr, "%s: %s\n", inert.Line(outs[i].Model), m.Note)
		}
	}
}

func (a *app) releaseOne(ctx context.Context, out mlgate.Outcome, tag, version string) error {
	if out.Change.Repo == "" {
		return nil
	}
	hub, err := a.github(out.Change.Repo)
	if err != nil || hub == nil {
		return err
	}
	one := []mlgate.Outcome{out}
	text := report.Markdown(one, report.Options{Limit: mlgate.MaxReleaseBody, Link: out.Change.Run.URL})
	data, err := report.JSON(one)
	if err != nil {
		return err
	}
	return hub.Release(ctx, mlgate.Release{Tag: tag, Name: strings.TrimSpace(out.Model + " " + version), Body: text, File: reportFile, Report: data})
}
