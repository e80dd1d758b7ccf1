package reader

import (
	"fmt"
	"strconv"
	"strings"
)

// deletedVersion is the stage of a model version that was deleted: mlflow/entities/model_registry.
const deletedVersion = "Deleted_Internal"

// models is the registry in a store of MLflow. What it does not have is empty.
type models interface {
	// versionOf is the version that an alias of a model stands for.
	versionOf(model, alias string) (string, error)
	// runOf is the id of the run that made a version of a model.
	runOf(model, version string) (string, error)
	// isChild reports whether a run belongs to another one.
	isChild(run mlflowRun) bool
}

// chosen is the run that the source names, or the latest; a model's version names the run that made it.
func (s *sheet) chosen(registry models, runs []mlflowRun) (mlflowRun, error) {
	want := s.src.Run
	if model, is := strings.CutPrefix(want, "models:/"); is {
		var err error
		if want, err = runOfModel(registry, model); err != nil {
			return mlflowRun{}, fmt.Errorf("%q: %w", s.src.Run, err)
		}
	}
	run, err := choose(runs, want, registry.isChild)
	if n := len(runs) - 1; err == nil && n > 0 {
		s.dropped = append(s.dropped, fmt.Sprintf("%s: %d other runs than %q (%s)", s.src.Path, n, run.name, run.id))
	}
	return run, err
}

// runOfModel is the run of NAME/VERSION or NAME@ALIAS.
func runOfModel(registry models, model string) (string, error) {
	name, version, numbered := strings.Cut(model, "/")
	if !numbered {
		at, alias, _ := strings.Cut(model, "@")
		found, err := registry.versionOf(at, alias)
		if err != nil {
			return "", err
		}
		if found == "" {
			return "", fmt.Errorf("no model %q has the alias %q: write models:/NAME/VERSION or models:/NAME@ALIAS", at, alias)
		}
		name, version = at, found
	}
	if _, err := strconv.ParseUint(version, 10, 31); err != nil {
		return "", fmt.Errorf("%q is no number of a version: write models:/NAME/VERSION or models:/NAME@ALIAS", version)
	}
	run, err := registry.runOf(name, version)
	if err == nil && run == "" {
		err = fmt.Errorf("no version %s of a model %q is registered there with the run that made it", version, name)
	}
	return run, err
}

// versionOf reads models/NAME/aliases/ALIAS, which holds a number.
func (st *store) versionOf(model, alias string) (string, error) {
	data, err := st.ifThere("models/" + model + "/aliases/" + alias)
	return strings.TrimSpace(string(data)), err
}

// runOf reads models/NAME/version-N/meta.yaml.
func (st *store) runOf(model, version string) (string, error) {
	data, err := st.ifThere("models/" + model + "/version-" + version + "/meta.yaml")
	if err != nil || data == nil {
		return "", err
	}
	tree, err := decodeYAML(data)
	if err != nil {
		return "", err
	}
	meta := object(tree)
	if text(meta["current_stage"]) == deletedVersion {
		return "", nil
	}
	return text(meta["run_id"]), nil
}

// ifThere reads a file, if it is there.
func (st *store) ifThere(name string) ([]byte, error) {
	if !st.there(name) {
		return nil, nil
	}
	return st.text(name)
}
