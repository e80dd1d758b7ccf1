package pipeline

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/mlgate/mlgate/internal/config"
	"github.com/mlgate/mlgate/internal/mlgate"
)

// document is what the recipe digests, as JSON with sorted files. Timeouts are left out: they change
// whether numbers come, not which.
type document struct {
	Format   int
	Steps    []mlgate.Step
	Evidence []mlgate.Source
	Artifact string
	Files    []mlgate.TreeFile
}

// digest hashes the document as encoding/json writes it, and never holds the whole: it may list a
// hundred thousand files.
func digest(run config.Run, files []mlgate.TreeFile) (mlgate.Digest, error) {
	head, err := json.Marshal(document{1, run.Steps, run.Evidence, run.Artifact, nil})
	if err != nil {
		return "", err
	}
	if files == nil {
		return mlgate.DigestOf(head), nil
	}
	sum := sha256.New()
	w := bufio.NewWriterSize(sum, 64<<10)
	_, _ = w.Write(head[:len(head)-len("null}")]) // a hash takes everything
	sep := byte('[')
	for _, f := range files {
		_ = w.WriteByte(sep)
		sep = ','
		for _, part := range [...][2]string{{`{"Path":`, f.Path}, {`,"Mode":`, f.Mode}, {`,"ID":`, f.ID}} {
			_, _ = w.WriteString(part[0])
			if err := text(w, part[1]); err != nil {
				return "", err
			}
		}
		_ = w.WriteByte('}')
	}
	if sep == '[' {
		_ = w.WriteByte('[')
	}
	_, _ = w.WriteString("]}")
	if err := w.Flush(); err != nil {
		return "", err
	}
	return mlgate.Digest(hex.EncodeToString(sum.Sum(nil))), nil
}

// text writes s as a JSON string, as encoding/json does.
func text(w *bufio.Writer, s string) error {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, err := json.Marshal(s)
			_, _ = w.Write(quoted)
			return err
		}
	}
	_ = w.WriteByte('"')
	_, _ = w.WriteString(s)
	return w.WriteByte('"')
}
