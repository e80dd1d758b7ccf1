package reader

// LooksLike lists every kind that a JSON file is recognised as.
func LooksLike(data []byte) []string {
	var names []string
	for _, k := range kinds {
		if k.looks != nil && k.looks(shapeOf(data)) {
			names = append(names, k.name)
		}
	}
	return names
}
