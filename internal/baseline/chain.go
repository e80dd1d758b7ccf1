package baseline

import (
	"errors"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// Roots tells the records of evidence that extend none, which are the attempts at a recipe, from extensions; both in
// their order.
func Roots(all []*mlgate.Sealed) (roots, extensions []*mlgate.Sealed, err error) {
	for _, s := range all {
		extends, err := s.Extends()
		switch {
		case err != nil:
			return nil, nil, err
		case extends == nil:
			roots = append(roots, s)
		default:
			extensions = append(extensions, s)
		}
	}
	return roots, extensions, nil
}

// First is the first attempt among records of evidence, as far as it was extended, and how many attempts there are;
// nil: none.
func First(all []*mlgate.Sealed) (first *mlgate.Sealed, attempts int, err error) {
	roots, extensions, err := Roots(all)
	if err != nil || len(roots) == 0 {
		return nil, 0, err
	}
	first, err = Last(roots[0], extensions)
	return first, len(roots), err
}

// Last follows the extensions of evidence to the newest. Of several that extend the same evidence the first of
// among counts; evidence of a change extends none of the branch, nor the other way round; and what is no extension
// by [mlgate.Evidence.Continues] is passed over.
func Last(first *mlgate.Sealed, among []*mlgate.Sealed) (*mlgate.Sealed, error) {
	after := map[mlgate.Digest][]*mlgate.Sealed{} // each record is looked into once: they can be large, and many
	for _, o := range among {
		extends, err := o.Extends()
		if err != nil {
			return nil, err
		}
		if extends != nil {
			after[extends.Evidence] = append(after[extends.Evidence], o)
		}
	}
	for range among {
		next, err := next(first, after[first.Digest])
		if err != nil || next == nil {
			return first, err
		}
		first = next
	}
	return first, nil
}

// next is the first of those that name evidence as what they extend that may; nil: none.
func next(s *mlgate.Sealed, extensions []*mlgate.Sealed) (*mlgate.Sealed, error) {
	var before *mlgate.Evidence
	for _, o := range extensions {
		if o.Envelope.Scope != s.Envelope.Scope {
			continue
		}
		if before == nil {
			before = new(mlgate.Evidence)
			if err := s.Decode(before); err != nil {
				return nil, err
			}
		}
		now := new(mlgate.Evidence)
		if err := o.Decode(now); err != nil {
			return nil, err
		}
		switch err := now.Continues(before, s.Digest); {
		case err == nil:
			return o, nil
		case !errors.Is(err, mlgate.ErrExtends):
			return nil, err
		}
	}
	return nil, nil //nolint:nilnil // it was not extended
}
