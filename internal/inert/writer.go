package inert

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// WriterOptions say how foreign output is shown.
type WriterOptions struct {
	Prefix  string   // before every line, so that nothing foreign starts one
	Secrets []string // shown as ***
	Max     int64    // bytes of output that are shown; 0: all
}

// maxLine is where a line without end is cut, in bytes.
const maxLine = 64 << 10

// Writer passes foreign output on, line by line, neutralised: it cannot act on a terminal, and it
// cannot issue the commands that CI systems read from logs. Several goroutines may write to it; whole
// lines stay whole when each writes whole lines.
type Writer struct {
	mu      sync.Mutex
	w       io.Writer
	o       WriterOptions
	secrets *strings.Replacer
	overlap int // longest secret: kept back when a long line is cut
	line    bytes.Buffer
	shown   int64
	dropped int64
	full    bool // Max is reached: what comes is counted and not looked at
}

// NewWriter returns a Writer on w. Close writes the last line.
func NewWriter(w io.Writer, o WriterOptions) *Writer {
	secrets := slices.Clone(o.Secrets)
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) }) // the longest wins
	var pairs []string
	overlap := 0
	for _, s := range secrets {
		if s != "" {
			pairs = append(pairs, s, "***")
			overlap = max(overlap, len(s))
		}
	}
	return &Writer{w: w, o: o, secrets: strings.NewReplacer(pairs...), overlap: overlap}
}

// Write takes any bytes. A failing underlying writer is reported.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := len(p)
	if w.full {
		w.dropped += int64(n)
		return n, nil
	}
	for len(p) > 0 {
		end := bytes.IndexAny(p, "\n\r")
		if end < 0 {
			w.line.Write(p)
			return n, w.cut()
		}
		w.line.Write(p[:end])
		p = p[end+1:]
		if err := w.flush(); err != nil {
			return n, err
		}
	}
	return n, nil
}

// cut passes on what a line without end has gathered, keeping back the tail in which a secret may
// have begun.
func (w *Writer) cut() error {
	if w.line.Len() < maxLine+w.overlap {
		return nil
	}
	text := w.secrets.Replace(w.line.String())
	keep := min(w.overlap, len(text))
	w.line.Reset()
	w.line.WriteString(text[len(text)-keep:])
	return w.emit(text[:len(text)-keep])
}

func (w *Writer) flush() error {
	if w.line.Len() == 0 {
		return nil
	}
	text := w.secrets.Replace(w.line.String())
	w.line.Reset()
	return w.emit(text)
}

func (w *Writer) emit(text string) error {
	if w.o.Max > 0 && w.shown+int64(len(text)) > w.o.Max {
		w.dropped += int64(len(text))
		w.full = true
		return nil
	}
	w.shown += int64(len(text)) + 1
	_, err := io.WriteString(w.w, w.o.Prefix+harmless(Line(text))+"\n")
	return err
}

// harmless breaks the marks by which CI systems know commands in a log: ::name::, ##[name],
// ##vso[…], section_start:…. GitHub looks for the first two anywhere near a line's start; they are
// broken wherever they stand. The address of a remote policy is left whole, for it is there to be
// copied, and its colons never begin a line.
func harmless(s string) string {
	return commands.Replace(s)
}

var commands = strings.NewReplacer("git::https://", "git::https://", "::", ": :", "##[", "# #[", "##vso", "# #vso", "section_start:", "section_start :", "section_end:", "section_end :")

// Close writes what is left, and how much was not shown.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.flush(); err != nil {
		return err
	}
	if w.dropped > 0 {
		_, err := fmt.Fprintf(w.w, "%s… %d more bytes of output are not shown\n", w.o.Prefix, w.dropped)
		return err
	}
	return nil
}
