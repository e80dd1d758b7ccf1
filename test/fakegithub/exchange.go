package fakegithub

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Exchange is one request to the API and its answer, as test/openapi holds them to GitHub's own
// description.
type Exchange struct {
	Method string            `json:"method"`
	Path   string            `json:"path"` // escaped, with the query
	Accept string            `json:"accept"`
	Kind   string            `json:"kind,omitempty"` // content type of what was asked; empty: JSON
	Asked  string            `json:"asked,omitempty"`
	Status int               `json:"status"`
	Type   string            `json:"type,omitempty"`
	Answer string            `json:"answer,omitempty"`
	Header map[string]string `json:"header,omitempty"`
}

// write keeps an exchange in the folder that MLGATE_EXCHANGES names, once for each shape: route,
// status, fields and their types, and words that may be of an enumeration.
func (e Exchange) write(dir, route string) {
	_, query, _ := strings.Cut(e.Path, "?")
	query = digits.ReplaceAllString(query, "0")
	key := sha256.Sum256([]byte(strings.Join([]string{e.Method, route, query, fmt.Sprint(e.Status), shapeOf(e.Asked), shapeOf(e.Answer)}, "\x00")))
	name := filepath.Join(dir, fmt.Sprintf("%x.json", key[:8]))
	if _, err := os.Stat(name); err == nil {
		return
	}
	data, err := json.MarshalIndent(e, "", " ")
	if err != nil { // text and numbers
		return
	}
	if err := replace(name, data); err != nil {
		panic(err) // a recording with holes would prove nothing
	}
}

// replace writes a file that others may be writing too.
func replace(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), "new-")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

var (
	digits = regexp.MustCompile(`[0-9a-f]{6,}|[0-9]+`)
	word   = regexp.MustCompile(`^[a-z_]{1,24}$`)
)

// shapeOf is a JSON text less what differs from run to run.
func shapeOf(s string) string {
	var v any
	if s == "" || json.Unmarshal([]byte(s), &v) != nil {
		return "text"
	}
	return shape(v)
}

func shape(v any) string {
	switch v := v.(type) {
	case map[string]any:
		var all []string
		for k, x := range v {
			all = append(all, k+":"+shape(x))
		}
		slices.Sort(all)
		return "{" + strings.Join(all, ",") + "}"
	case []any:
		var all []string
		for _, x := range v {
			all = append(all, shape(x))
		}
		slices.Sort(all)
		return "[" + strings.Join(slices.Compact(all), ",") + "]"
	case string:
		if word.MatchString(v) {
			return v
		}
		return "s"
	}
	return fmt.Sprintf("%T", v)
}

// record is called for every request that a route answered.
func (s *Server) record(r *http.Request, asked []byte, a *taken) {
	dir := os.Getenv("MLGATE_EXCHANGES")
	if dir == "" || r.Pattern == "/" || r.Pattern == "" || strings.HasPrefix(r.URL.Path, "/_") {
		return
	}
	e := Exchange{
		Method: r.Method, Path: r.URL.EscapedPath(), Accept: r.Header.Get("Accept"), Asked: string(asked),
		Status: a.status, Type: a.header.Get("Content-Type"), Answer: a.body.String(),
	}
	if kind := r.Header.Get("Content-Type"); kind == "application/octet-stream" {
		e.Kind = kind
	}
	if r.URL.RawQuery != "" {
		e.Path += "?" + r.URL.RawQuery
	}
	if l := a.header.Get("Location"); l != "" {
		e.Header = map[string]string{"Location": l}
	}
	e.write(dir, r.Pattern)
}
