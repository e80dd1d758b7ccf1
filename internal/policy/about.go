package policy

import (
	"slices"
)

// About is what a set says of itself in its metadata.
type About struct {
	Title, Why, Fix string // of its first rule that says any
	Params          []Parameter
}

// Describe reads what a built-in policy says of itself.
func Describe(ref string) (About, error) {
	modules, err := Set{Ref: ref}.modules()
	if err != nil {
		return About{}, err
	}
	caps := capabilities()
	parsed, err := parse(modules, caps)
	if err != nil {
		return About{}, err
	}
	comp := compiler(caps, foreign(parsed))
	if comp.Compile(parsed); comp.Failed() {
		return About{}, comp.Errors
	}
	var a About
	for _, p := range slices.Backward(entryPoints(parsed)) {
		if n := metadataOf(comp, p.ref()).all; n.title != "" {
			a.Title, a.Why, a.Fix = n.title, n.why, n.fix
		}
	}
	a.Params, err = declared(comp.GetAnnotationSet(), parsed)
	return a, err
}
