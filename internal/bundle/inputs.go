package bundle

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"

	"github.com/mlgate/mlgate/internal/mlgate"
)

func inputsName(d mlgate.Digest) string { return "inputs/" + string(d) + ".json" }

// putInputs packs the list of inputs that lies beside evidence.
func putInputs(tw *tar.Writer, s *mlgate.Sealed) error {
	if s.Beside == nil {
		return nil
	}
	list, err := s.Beside(context.Background()) // of a run that just ended: nothing is fetched
	if err != nil {
		return err
	}
	return put(tw, inputsName(mlgate.DigestOf(list)), list)
}

// withInputs takes the list that evidence names out of the files, and compares the two.
func withInputs(s mlgate.Sealed, e mlgate.Evidence, files map[string][]byte) (*mlgate.Sealed, error) {
	if e.InputList == nil {
		return &s, nil
	}
	if e.Inputs != nil {
		return nil, errors.New("its inputs stand in it and beside it")
	}
	name := inputsName(e.InputList.SHA256)
	list, ok := files[name]
	if !ok {
		return nil, errors.New("it names a list of inputs that is not there")
	}
	if _, err := e.InputList.Parse(list); err != nil {
		return nil, fmt.Errorf("its list of inputs: %w", err)
	}
	delete(files, name)
	s.Beside = func(context.Context) ([]byte, error) { return list, nil }
	return &s, nil
}
