package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mlgate/mlgate/internal/ci"
	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/report"
)

// format is one way to write outcomes down. A file's ending chooses it; text has none, as it is for
// terminals.
type format struct {
	name    string
	endings []string
	render  func([]mlgate.Outcome) ([]byte, error)
}

var formats = []format{
	{"text", nil, nil},
	{"markdown", []string{".md"}, func(o []mlgate.Outcome) ([]byte, error) {
		return []byte(report.Markdown(o, report.Options{})), nil
	}},
	{"junit", []string{".xml"}, report.JUnit},
	{"sarif", []string{".sarif", ".sarif.json"}, report.SARIF},
	{"html", []string{".html"}, report.HTML},
	{"json", []string{".json"}, report.JSON},
}

// output is how an outcome is shown, and the files that get it too.
type output struct {
	format string
	files  []string
}

func (o *output) flags(c *cobra.Command) {
	c.Flags().StringVar(&o.format, "format", "text", formatNames(", ")+": what is printed")
	o.fileFlag(c)
}

func (o *output) fileFlag(c *cobra.Command) {
	c.Flags().StringArrayVar(&o.files, "report", nil, "also write the report to this `file`: .md, .json, .xml (JUnit), .sarif or .html; may be given again")
}

func formatNames(sep string) string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return strings.Join(names, sep)
}

// check finds a wrong --format or --report before anything runs.
func (o output) check() error {
	for _, f := range o.files {
		if _, ok := formatOf(f); !ok {
			return &mlgate.Mistake{Err: fmt.Errorf("writing a report to %q: its ending says no format", f), Fix: "end the name with .md, .json, .xml (JUnit), .sarif or .html"}
		}
	}
	for _, f := range formats {
		if f.name == o.format {
			return nil
		}
	}
	return &mlgate.Mistake{Err: fmt.Errorf("unknown --format %q", o.format), Fix: formatNames(", ")}
}

func formatOf(file string) (format, bool) {
	for _, f := range formats {
		for _, end := range f.endings {
			if len(filepath.Base(file)) > len(end) && strings.HasSuffix(strings.ToLower(file), end) {
				return f, true
			}
		}
	}
	return format{}, false
}

// save writes the report files; a folder that is not there is made.
func (a *app) save(outs []mlgate.Outcome, o output) error {
	var errs []error
	for _, file := range o.files {
		f, _ := formatOf(file)
		data, err := f.render(outs)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(a.path(file)), 0o755)
		}
		if err == nil {
			err = writeFile(a.path(file), data)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("writing the report %q: %w", file, err))
		}
	}
	return errors.Join(errs...)
}

// saveProblem writes the report files of a judgment that ended without a verdict, so that whoever
// reads them later never sees an old yes.
func (a *app) saveProblem(out mlgate.Outcome, err error, o output) error {
	if len(o.files) == 0 {
		return nil
	}
	out.Judged, out.Version = a.Now().UTC(), a.Version
	return a.save([]mlgate.Outcome{report.Undecided(out, wordOf(err), places(err))}, o)
}

// wordOf is the verdict of an error.
func wordOf(err error) mlgate.Word {
	switch exitOfError(err) {
	case exitWaiting:
		return mlgate.WaitingFor
	case exitUsage:
		return mlgate.Misconfigured
	}
	return mlgate.CouldNotDecide
}

// conclude shows and saves what a judgment on this machine came to, and ends with its exit code.
func (a *app) conclude(outs []mlgate.Outcome, err error, o output) error {
	if err != nil {
		return errors.Join(err, a.saveProblem(first(outs), err, o))
	}
	if err := a.save(outs, o); err != nil {
		return errors.Join(a.print(outs, o.format), err)
	}
	return a.show(outs, o.format)
}

// first is what is known of the change when there is no verdict.
func first(outs []mlgate.Outcome) mlgate.Outcome {
	if len(outs) == 0 {
		return mlgate.Outcome{}
	}
	return outs[0]
}

// show prints an outcome and ends with its exit code.
func (a *app) show(outs []mlgate.Outcome, name string) error {
	if err := a.print(outs, name); err != nil {
		return err
	}
	if code, _ := worst(outs); code != exitOK {
		return exitError(code)
	}
	return nil
}

func (a *app) print(outs []mlgate.Outcome, name string) error {
	for _, f := range formats {
		if f.name != name || f.render == nil {
			continue
		}
		data, err := f.render(outs)
		if err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
		_, err = fmt.Fprintln(a.Stdout, strings.TrimRight(string(data), "\n"))
		return err
	}
	return a.printText(report.Text(outs, report.TextOptions{Color: a.Color}))
}

// printText prints what people read. A CI system reads commands from logs, so foreign text must not
// make one.
func (a *app) printText(text string) error {
	if ci.Detect(a.Getenv) == "" {
		_, err := fmt.Fprint(a.Stdout, text)
		return err
	}
	log := inert.NewWriter(a.Stdout, inert.WriterOptions{})
	fmt.Fprint(log, text)
	return log.Close()
}
