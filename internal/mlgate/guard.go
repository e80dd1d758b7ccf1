package mlgate

// Guard is what keeps people from changing refs of the forge.
type Guard struct {
	Branch   string
	Required []string // names of the checks that merging into Branch waits for
	Tags     []TagGuard
}

// TagGuard is one rule set for tags.
type TagGuard struct {
	Name    string
	Include []string // patterns of full ref names, or ~ALL
	Rules   []string // deletion, update, creation, …
}
