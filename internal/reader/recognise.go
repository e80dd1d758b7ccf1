package reader

import (
	"bytes"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Recognise is the kind of a file that nobody named, as its content says unmistakably: a tool wrote it. Empty:
// none, also for plain JSON, YAML and CSV, which may be anything.
func (Files) Recognise(name string, data []byte) string {
	switch kind := byMagic("", data); {
	case kind == "mlflow" && bytes.Contains(data, []byte("latest_metrics")):
		return kind
	case slices.Contains([]string{"clearml", "comet", "neptune"}, kind):
		return kind
	case kind != "":
		return ""
	}
	data, err := plainText(mlgate.Source{Path: name}, data, maxFile)
	if err != nil {
		return ""
	}
	switch kind := kindOf(mlgate.Source{Path: name}); kind {
	case "json":
		if found := recognise(data); found != "json" || bytes.Contains(data, []byte(`"mlgate"`)) && looksOwn(shapeOf(data)) {
			return found
		}
	case "csv", "log":
		if found := lookedInto("csv", data); found != "csv" {
			return found
		}
	case "xml":
		if bytes.Contains(data[:min(len(data), 2000)], []byte("<testsuite")) {
			return "junit"
		}
	case "model-card":
		if front, err := frontMatter(string(data)); err == nil && strings.Contains(front, "model-index:") {
			return kind
		}
	case "prometheus", "sarif":
		return kind
	}
	return ""
}
