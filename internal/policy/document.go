package policy

import (
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
)

// document is the input of policies: converted once, asked by all rules.
type document struct{ value ast.Value }

// maxDepth is how deep a document may be nested: encoding/json takes as much.
const maxDepth = 10000

// decode reads one JSON value as encoding/json does, except that numbers keep their digits. Everything is
// checked; what nobody sees is not built.
func decode(data []byte, sees *sight) (document, error) {
	r := &jsonReader{data: data, keys: map[string]*ast.Term{}}
	v, err := r.value(sees, 0)
	if err == nil && r.space() {
		err = r.wrong("there is more behind the first value")
	}
	if err != nil {
		return document{}, err
	}
	return document{v}, nil
}

// metrics are one side's metrics by name; false: the document has no such side.
func (d document) metrics(side string) (ast.Object, bool) {
	v, err := d.value.Find(ast.Ref{ast.StringTerm("metrics"), ast.StringTerm(side)})
	if err != nil {
		return nil, false
	}
	o, ok := v.(ast.Object)
	return o, ok
}

// jsonReader turns JSON into OPA's values without the tree of maps between them: of a large document that
// is most of the work. A nil value says that nobody wants it.
type jsonReader struct {
	data []byte
	pos  int
	keys map[string]*ast.Term // keys come again and again
}

func (r *jsonReader) wrong(what string) error {
	return fmt.Errorf("reading JSON at byte %d: %s", r.pos, what)
}

// space skips white space; false: the end.
func (r *jsonReader) space() bool {
	for r.pos < len(r.data) {
		switch r.data[r.pos] {
		case ' ', '\t', '\n', '\r':
			r.pos++
		default:
			return true
		}
	}
	return false
}

// next skips white space and takes one byte if it is c.
func (r *jsonReader) next(c byte) bool {
	if !r.space() || r.data[r.pos] != c {
		return false
	}
	r.pos++
	return true
}

func (r *jsonReader) value(sees *sight, depth int) (ast.Value, error) {
	if !r.space() {
		return nil, r.wrong("it ends where a value is expected")
	}
	switch c := r.data[r.pos]; c {
	case '{', '[':
		if depth >= maxDepth {
			return nil, r.wrong("it is nested too deep")
		}
		if c == '[' {
			return r.array(sees, depth)
		}
		return r.object(sees, depth)
	case '"':
		s, err := r.text()
		if err != nil || sees == nil {
			return nil, err
		}
		return s.value()
	case 't':
		return r.word("true", ast.InternedTerm(true).Value)
	case 'f':
		return r.word("false", ast.InternedTerm(false).Value)
	case 'n':
		return r.word("null", ast.NullValue)
	}
	return r.number(sees)
}

func (r *jsonReader) word(w string, v ast.Value) (ast.Value, error) {
	if end := r.pos + len(w); end <= len(r.data) && string(r.data[r.pos:end]) == w {
		r.pos = end
		return v, nil
	}
	return nil, r.wrong("a value is expected")
}

func (r *jsonReader) object(sees *sight, depth int) (ast.Value, error) {
	r.pos++
	var pairs [][2]*ast.Term
	for first := true; ; first = false {
		if r.next('}') {
			break
		}
		if !first && !r.next(',') {
			return nil, r.wrong("a comma or } is expected")
		}
		if !r.space() || r.data[r.pos] != '"' {
			return nil, r.wrong("a key is expected")
		}
		key, err := r.text()
		if err != nil {
			return nil, err
		}
		if !r.next(':') {
			return nil, r.wrong("a colon is expected")
		}
		v, pair, err := r.member(sees, key, depth)
		if err != nil {
			return nil, err
		}
		if v {
			pairs = append(pairs, pair)
		}
	}
	if sees == nil {
		return nil, nil
	}
	return r.objectOf(pairs), nil
}

// member reads the value of a key; false: nobody wants it.
func (r *jsonReader) member(sees *sight, key rawText, depth int) (bool, [2]*ast.Term, error) {
	inner := sees
	var term *ast.Term
	if sees != nil {
		var err error
		if term, err = r.key(key); err != nil {
			return false, [2]*ast.Term{}, err
		}
		inner = sees.below(term)
	}
	v, err := r.value(inner, depth+1)
	if err != nil || inner == nil {
		return false, [2]*ast.Term{}, err
	}
	return true, [2]*ast.Term{term, {Value: v}}, nil
}

// maxPairs is up to how many keys an object is looked through for equal ones.
const maxPairs = 32

// objectOf keeps the last of equal keys. The same key is the same term, while they are kept.
func (r *jsonReader) objectOf(pairs [][2]*ast.Term) ast.Value {
	if len(pairs) <= maxPairs && len(r.keys) < maxKeys && !twice(pairs) {
		return ast.NewObject(pairs...)
	}
	o := ast.NewObjectWithCapacity(len(pairs))
	for _, p := range pairs {
		o.Insert(p[0], p[1])
	}
	return o
}

func twice(pairs [][2]*ast.Term) bool {
	for i, p := range pairs {
		for _, q := range pairs[:i] {
			if p[0] == q[0] {
				return true
			}
		}
	}
	return false
}

func (r *jsonReader) array(sees *sight, depth int) (ast.Value, error) {
	r.pos++
	var terms []*ast.Term
	for first := true; ; first = false {
		if r.next(']') {
			break
		}
		if !first && !r.next(',') {
			return nil, r.wrong("a comma or ] is expected")
		}
		v, err := r.value(sees, depth+1)
		if err != nil {
			return nil, err
		}
		if sees != nil {
			terms = append(terms, &ast.Term{Value: v})
		}
	}
	if sees == nil {
		return nil, nil
	}
	return ast.NewArray(terms...), nil
}

// maxKeys is how many different keys are kept.
const maxKeys = 1 << 16

func (r *jsonReader) key(t rawText) (*ast.Term, error) {
	if t.plain {
		if term, ok := r.keys[string(t.quoted[1:len(t.quoted)-1])]; ok {
			return term, nil
		}
	}
	s, err := t.text()
	if err != nil {
		return nil, err
	}
	term, ok := r.keys[s]
	if !ok {
		term = ast.StringTerm(s)
		if len(r.keys) < maxKeys {
			r.keys[s] = term
		}
	}
	return term, nil
}
