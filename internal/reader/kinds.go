package reader

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/wire/columns"
	"github.com/mlgate/mlgate/internal/wire/sqlite"
)

// kind is a format that `evidence: {kind: …}` can name.
type kind struct {
	name string
	// read reads one file; nil: the format is a folder.
	read func(*sheet, []byte) error
	// marks and looks recognise a JSON file by its content, where `kind` is left out: marks are texts that
	// stand in every such file (cheap to look for), looks says whether its shape is unmistakable. No file
	// may look like two kinds. Whether it can be read is for read to say, which is also given files that
	// are cut off.
	marks []string
	looks func(shape) bool
	// magic recognises a binary format by its first bytes, whatever the file is called. Such a file need
	// not be UTF-8, and is given to read as it is.
	magic func([]byte) bool
	// mixed says that files without magic are read as well, as text.
	mixed bool
	// limit is the size of one file in bytes, where it is not maxFile.
	limit int64
	// beside are endings of a file's name: what is called so must be absent or empty, or the file is not whole.
	beside []string
	// folder reads a folder; nil: there is only a file to read.
	folder func(*store, *sheet) error
}

// kinds has one row and one file for each format.
var kinds = []kind{
	{name: "json", read: readJSON, marks: []string{`"mlgate"`}, looks: looksOwn},
	{name: "yaml", read: readYAML},
	{name: "csv", read: readCSV},
	{name: "junit", read: readJUnit},
	{name: "sklearn", read: readSklearn, marks: []string{`"macro avg"`, `"weighted avg"`, `"f1-score"`}, looks: looksSklearn},
	{name: "lm-eval", read: readLMEval, marks: []string{`"results"`, `"configs"`, `"versions"`}, looks: looksLMEval},
	{name: "mteb", read: readMTEB, marks: []string{`"task_name"`, `"mteb_version"`, `"scores"`}, looks: looksMTEB},
	{name: "promptfoo", read: readPromptfoo, marks: []string{`"evalId"`, `"results"`, `"stats"`}, looks: looksPromptfoo},
	{name: "deepeval", read: readDeepEval, marks: []string{`"metricsData"`}, looks: looksDeepEval},
	{name: "ragas", read: readRagas, marks: []string{`"user_input"`, `"response"`}, looks: looksRagas},
	{name: "trainer-state", read: readTrainer, marks: []string{`"log_history"`, `"global_step"`}, looks: looksTrainer},
	{name: "trainer-results", read: readAllResults, marks: []string{`_samples"`, `_runtime"`}, looks: looksAllResults},
	{name: "training-log", read: readTrainingLog, looks: looksTrainingList},
	{name: "model-card", read: readModelCard},
	{name: "prometheus", read: readPrometheus},
	{name: "gx", read: readGX, marks: []string{`"evaluated_expectations"`}, looks: looksGX},
	{name: "evidently", read: readEvidently, looks: looksEvidently},
	{name: "deepchecks", read: readDeepchecks, marks: []string{`"check"`, `"results"`}, looks: looksDeepchecks},
	{name: "pandera", read: readPandera, marks: []string{`"schema"`, `"check"`, `"error"`}, looks: looksPandera},
	{name: "sarif", read: readSARIF, marks: []string{`"driver"`, `"runs"`}, looks: looksSARIF},
	{name: "examples", read: readExamples, magic: columns.Known, mixed: true, limit: mlgate.MaxTableFile},
	{name: "mlflow", read: readMLflow, magic: sqlite.Starts, limit: maxDatabase, beside: []string{"-wal", "-journal"}, folder: (*store).mlflow},
	{name: "tensorboard", read: readEvents, magic: startsEvents, limit: maxEvents, folder: (*store).tensorboard},
	{name: "wandb", read: readWandb, magic: startsWandb, limit: maxRunFile, folder: (*store).wandb},
	{name: "clearml", read: readClearML, magic: startsClearML, limit: maxArchive, folder: (*store).clearml},
	{name: "comet", read: readComet, magic: startsComet, limit: maxArchive, folder: (*store).comet},
	{name: "neptune", read: readNeptune, magic: startsNeptune, limit: maxEntry, folder: (*store).neptune},
}

// Kinds lists the formats.
func Kinds() []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

// Limit is the largest file that is read of a source, in bytes.
func (Files) Limit(src mlgate.Source) int64 {
	name := kindOf(src)
	if k, known := row(name); known {
		return k.size()
	}
	most := int64(maxFile)
	for _, k := range kinds {
		most = max(most, k.size())
	}
	return most
}

// Beside lists the files beside a source that must be absent or empty when it is read: while they are not, the
// source alone is not whole.
func (Files) Beside(src mlgate.Source) []string {
	name := kindOf(src)
	_, known := row(name)
	var files []string
	for _, k := range kinds {
		for _, ending := range k.beside {
			if k.name == name || !known {
				files = append(files, src.Path+ending)
			}
		}
	}
	return files
}

func (k kind) size() int64 {
	if k.limit > 0 {
		return k.limit
	}
	return maxFile
}

func row(name string) (kind, bool) {
	for _, k := range kinds {
		if k.name == name {
			return k, true
		}
	}
	return kind{}, false
}

// byMagic is the binary format that the first bytes say, or else what the name says.
func byMagic(name string, data []byte) string {
	for _, k := range kinds {
		if k.magic != nil && k.magic(data) {
			return k.name
		}
	}
	return name
}

// lookedInto is the kind that the content says, where the name alone says less.
func lookedInto(kind string, data []byte) string {
	switch {
	case kind == "json":
		return recognise(data)
	case kind == "csv":
		return tableKind(headOf(data))
	case (kind == "txt" || kind == "") && looksPrometheus(data):
		return "prometheus"
	}
	return kind
}

// tableKind is whose a table is, by its columns.
func tableKind(names []string) string {
	switch {
	case looksRagasTable(names):
		return "ragas"
	case looksTrainingTable(names):
		return "training-log"
	}
	return "csv"
}

// recognise finds the kind of a JSON file by content; what is no tool's is plain JSON.
func recognise(data []byte) string {
	var seen shape
	for _, k := range kinds {
		if k.looks == nil || slices.ContainsFunc(k.marks, func(m string) bool { return !bytes.Contains(data, []byte(m)) }) {
			continue
		}
		if seen.is == 0 {
			seen = shapeOf(data)
		}
		if k.looks(seen) {
			return k.name
		}
	}
	return "json"
}

func kindOf(src mlgate.Source) string {
	if src.Kind != "" {
		return src.Kind
	}
	switch ext := strings.ToLower(strings.TrimPrefix(path.Ext(src.Path), ".")); ext {
	case "yml":
		return "yaml"
	case "md":
		return "model-card"
	case "tsv":
		return "csv"
	case "prom", "openmetrics":
		return "prometheus"
	default:
		return ext
	}
}
