package config

// The description of mlops.yaml. keys.go says once, as a table, what may stand in the file; the
// parser (walk.go) takes what it allows from there, and so do the JSON Schema (schema.go) and the
// reference page (reference.go). A new key is a row in keys.go and a line that reads it in run.go
// or demand.go.

// part says who speaks in a key: the change, or the base that judges it. What is not said to be the
// change's is a demand.
type part int

const (
	demand part = iota // what must hold: taken from the base
	run                // how evidence is made: taken from the change
	head               // what the file is about
)

// key is one row: a key of a mapping.
type key struct {
	name     string
	is       value
	doc      string // sentences for people, in Markdown
	example  string // the key with a value, as YAML in one line
	wrong    string // what to do about a value of a wrong kind, where the example does not say it
	fallback string // what counts when the key is left out, in Markdown; empty: nothing is said
	must     bool   // may not be left out
	part     part   // of top keys only
	later    bool   // known, and refused until a later version; of the rest only doc is used
}

// kind is what YAML must write at a place.
type kind int

const (
	isText    kind = iota // a string
	isScalar              // a string, number, true or false, kept as it is written
	isWord                // one of a few words
	isOne                 // the number 1
	isNumber              // a plain finite number
	isShare               // a number above 0.5 and below 1
	isBound               // a number from 0 on, or "N% of baseline"
	isCount               // a whole number from 1 on
	isDay                 // a date: 2027-01-31
	isTruth               // true or false
	isList                // a list
	isMapping             // a mapping with known keys
	isTable               // a mapping with free keys
)

var kindNames = [...]string{"text", "text", "one of a few words", "the number 1", "a number", "a number above 0.5 and below 1", "a number", "a whole number", "a date like 2027-01-31", "true or false", "a list", "a mapping", "a mapping"}

func (k kind) String() string { return kindNames[k] }

// value describes what may stand at one place.
type value struct {
	kind    kind
	grammar []grammar // of text, all must fit; of the keys of a table
	words   []word    // to choose from
	more    bool      // more words come with later versions
	of      *value    // elements of a list, values of a table
	single  bool      // of a list: one element alone may stand for it
	what    string    // of a mapping: what people call it, in a table with a %q for the key; empty: as its key
	keys    []key     // of a mapping
	needs   []string  // of a mapping: at least one of these keys must stand
	short   *value    // of a mapping: a text that may stand for it
	tight   *tightens // of a mapping
	hints   hints     // of a mapping: for keys that people write instead
}

// word is one of the words of a choice. Where the choice is the key `kind` of a mapping, the
// mapping may hold its options too.
type word struct {
	name    string
	doc     string
	options []key
}

// tightens: when the key absent is left out, the text of key has this grammar too.
type tightens struct {
	absent, key string
	grammar     grammar
}

// hints are said for a key that is not known, by that key.
type hints map[string]string

func text(g ...grammar) value    { return value{kind: isText, grammar: g} }
func choice(words ...word) value { return value{kind: isWord, words: words} }
func listOf(v value) value       { return value{kind: isList, of: &v} }
func oneOrList(v value) value    { return value{kind: isList, of: &v, single: true} }
func openChoice(w ...word) value { return value{kind: isWord, words: w, more: true} }

// mapping has known keys; what is how people call it, or empty for the name of its key.
func mapping(what string, keys ...key) value {
	return value{kind: isMapping, what: what, keys: keys}
}

// table is a mapping of free keys.
func table(names grammar, v value) value {
	return value{kind: isTable, grammar: []grammar{names}, of: &v}
}

// needing demands at least one of some keys.
func (v value) needing(keys ...string) value {
	v.needs = keys
	return v
}

// orShort lets a text stand for the mapping; where the key absent is left out, the text under key
// must have the same grammar.
func (v value) orShort(short value, absent, key string) value {
	v.short = &short
	v.tight = &tightens{absent: absent, key: key, grammar: short.grammar[len(short.grammar)-1]}
	return v
}

// inShort lets a text stand for the mapping.
func (v value) inShort(short value) value {
	v.short = &short
	return v
}

// saying adds hints.
func (v value) saying(h hints) value {
	v.hints = h
	return v
}

// names lists the words of a choice.
func (v value) names() []string {
	var out []string
	for _, w := range v.words {
		out = append(out, w.name)
	}
	return out
}

// partOf says to which part a top key belongs; one that nobody knows is a demand.
func partOf(name string) part {
	for _, k := range description.keys {
		if k.name == name {
			return k.part
		}
	}
	return demand
}
