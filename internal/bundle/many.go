package bundle

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
)

// Limits of a bundle of several models.
const (
	// MaxModels is how many models one change's bundles have at most.
	MaxModels = 1000
	// MaxAll is the largest bundle that is read, in bytes.
	MaxAll = 512 << 20
)

var partName = pattern.Lazy(`^model/[0-9]{4}\.tar$`)

// PackAll writes the bundles of several models into one: a tar of bundles. One alone is a bundle as
// it is.
func PackAll(w io.Writer, all []mlgate.Bundle) error {
	if len(all) == 1 {
		return Pack(w, all[0])
	}
	tw := tar.NewWriter(w)
	for i, b := range all {
		var part bytes.Buffer
		if err := Pack(&part, b); err != nil {
			return err
		}
		if err := put(tw, fmt.Sprintf("model/%04d.tar", i), part.Bytes()); err != nil {
			return fmt.Errorf("packing the bundle of %s: %w", b.Model, err)
		}
	}
	if err := tw.Close(); err != nil {
		return fmt.Errorf("packing the bundle: %w", err)
	}
	return nil
}

// UnpackAll reads what PackAll wrote, as hostile as Unpack does. A model stands in it once.
func UnpackAll(r io.Reader) ([]mlgate.Bundle, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxAll+1))
	if err != nil {
		return nil, fmt.Errorf("unpacking: %w", err)
	}
	if len(data) > MaxAll {
		return nil, fmt.Errorf("unpacking: it has more than %d bytes", MaxAll)
	}
	first, err := tar.NewReader(bytes.NewReader(data)).Next()
	if err != nil || !partName().MatchString(first.Name) {
		b, err := Unpack(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		return []mlgate.Bundle{b}, nil
	}
	return parts(tar.NewReader(bytes.NewReader(data)))
}

func parts(tr *tar.Reader) ([]mlgate.Bundle, error) {
	var all []mlgate.Bundle
	models, names := map[string]bool{}, map[string]bool{}
	for {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		switch {
		case err != nil:
			return nil, fmt.Errorf("unpacking: not a whole tar: %w", err)
		case h.Typeflag != tar.TypeReg || !partName().MatchString(h.Name) || names[h.Name]:
			return nil, fmt.Errorf("unpacking: %q is no part of a bundle, or stands in it twice", h.Name)
		case len(all) >= MaxModels:
			return nil, fmt.Errorf("unpacking: it holds more than %d models", MaxModels)
		}
		names[h.Name] = true
		b, err := Unpack(tr)
		if err != nil {
			return nil, fmt.Errorf("unpacking %s: %w", h.Name, err)
		}
		if models[b.Model] {
			return nil, fmt.Errorf("unpacking: the model %q stands in it twice", b.Model)
		}
		models[b.Model] = true
		all = append(all, b)
	}
}
