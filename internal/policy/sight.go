package policy

import "github.com/open-policy-agent/opa/v1/ast"

// sight is which parts of the input the rules of an engine can see at all: the rest of a large document
// need not be built. A nil sight sees nothing.
type sight struct {
	all  bool
	keys map[string]*sight
}

// newSight sees the metrics, which are looked up beside the rules.
func newSight() *sight {
	s := &sight{keys: map[string]*sight{}}
	s.add([]string{"metrics", "head"})
	s.add([]string{"metrics", "base"})
	return s
}

func (s *sight) add(path []string) {
	for _, name := range path {
		if s.all {
			return
		}
		next := s.keys[name]
		if next == nil {
			next = &sight{keys: map[string]*sight{}}
			s.keys[name] = next
		}
		s = next
	}
	s.all = true
}

// part reports whether anything of the value at a path is seen.
func (s *sight) part(path []string) bool {
	for _, name := range path {
		if s == nil || s.all {
			break
		}
		s = s.keys[name]
	}
	return s != nil
}

// below is what is seen of the value of a key.
func (s *sight) below(key *ast.Term) *sight {
	if s.all {
		return s
	}
	name, ok := key.Value.(ast.String)
	if !ok {
		return nil
	}
	return s.keys[string(name)]
}

// addModules adds every reference to input in compiled modules, as far as it is written in plain names:
// from the first that is not, all is seen; and so it is where input stands alone.
func (s *sight) addModules(modules map[string]*ast.Module) {
	var visitor *ast.GenericVisitor
	visitor = ast.NewGenericVisitor(func(x any) bool {
		term, ok := x.(*ast.Term)
		if !ok {
			return false
		}
		switch v := term.Value.(type) {
		case ast.Var:
			if v.Equal(ast.InputRootDocument.Value) {
				s.all = true
			}
		case ast.Ref:
			if !v[0].Equal(ast.InputRootDocument) {
				return false
			}
			s.add(plainNames(v[1:]))
			for _, t := range v[1:] {
				visitor.Walk(t)
			}
			return true
		}
		return false
	})
	for _, m := range modules { // the order does not matter: it is a union
		visitor.Walk(m)
	}
}

func plainNames(ref ast.Ref) []string {
	var names []string
	for _, t := range ref {
		name, ok := t.Value.(ast.String)
		if !ok {
			break
		}
		names = append(names, string(name))
	}
	return names
}
