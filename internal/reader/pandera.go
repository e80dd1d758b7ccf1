package reader

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// looksPandera recognises the message of pandera's SchemaErrors.
func looksPandera(s shape) bool {
	for k := range s.keys {
		if k != "SCHEMA" && k != "DATA" {
			return false
		}
	}
	for _, k := range []string{"SCHEMA", "DATA"} {
		for _, list := range s.at(k).keys {
			if schema := list.at("schema").is; (schema == '"' || schema == 'n') && list.has(`check"`, `error"`) {
				return true
			}
		}
	}
	return false
}

// readPandera turns each failure into a check. pandera names only what failed, so beside them stands one
// check for the whole schema, and an object without a failure says that it held. The cases that failed are
// not read: they are values of the data.
func readPandera(s *sheet, data []byte) error {
	v, err := decodeJSON(data)
	if err != nil {
		return err
	}
	if _, ok := v.(map[string]any); !ok {
		return errors.New("it is no object: write `SchemaErrors.message`, or {} where the schema held")
	}
	s.src.Prefix = cmp.Or(s.src.Prefix, "pandera")
	top, failed := node{v}, 0
	for _, part := range top.keys() {
		if part != "SCHEMA" && part != "DATA" {
			return fmt.Errorf("it has a key %q; pandera writes SCHEMA and DATA", part)
		}
		for _, kind := range top.at(part).keys() {
			for i, e := range top.at(part, kind).list() {
				if e.at("check").show() == "" {
					return fmt.Errorf("%s.%s[%d] names no check", part, kind, i)
				}
				name := cmp.Or(e.at("schema").text(), "schema") + "/" + cmp.Or(e.at("column").show(), "-") + "/" + e.at("check").show()
				s.putCheck(mlgate.Check{Name: s.checkName(name), Status: mlgate.CheckFailed, Message: kind, Bad: true})
				failed++
			}
		}
	}
	if failed > 0 {
		s.check("schema", mlgate.CheckFailed, fmt.Sprintf("%d checks of it failed", failed))
	} else {
		s.check("schema", mlgate.CheckPassed, "")
	}
	return s.counts()
}
