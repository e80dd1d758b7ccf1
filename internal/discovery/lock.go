package discovery

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/mlgate/mlgate/internal/pattern"
)

// Pointer says what DVC keeps of a file or folder outside of git: the md5 of its content. A folder's ends in
// ".dir" and is that of its listing.
type Pointer struct {
	Path string // relative to the root of the repository
	MD5  string
	Old  bool // of DVC before 3: of text files with CRLF turned into LF, and in another folder of the cache
}

// Folder reports whether the pointer is to a folder's listing.
func (p Pointer) Folder() bool { return strings.HasSuffix(p.MD5, ".dir") }

// md5Name is an md5 as DVC writes it. Others do not become parts of paths.
var md5Name = pattern.Lazy(`^[0-9a-f]{32}(\.dir)?$`)

// locked is what dvc.lock and *.dvc files have in common.
type locked struct {
	Path string `yaml:"path"`
	MD5  string `yaml:"md5"`
	Hash string `yaml:"hash"`
}

func (l locked) pointer(dir string) (Pointer, bool) {
	p := Pointer{Path: path.Join(dir, l.Path), MD5: l.MD5, Old: l.Hash != "md5"}
	outside := path.IsAbs(l.Path) || p.Path == ".." || strings.HasPrefix(p.Path, "../")
	return p, md5Name().MatchString(l.MD5) && l.Path != "" && !outside
}

// ParseLock reads a dvc.lock in the folder dir: the outputs of its stages. wdirs are the working folders of
// stages by name, as its dvc.yaml says.
func ParseLock(dir string, data []byte, wdirs map[string]string) ([]Pointer, error) {
	var doc struct {
		Stages map[string]struct {
			Outs []locked `yaml:"outs"`
		} `yaml:"stages"`
	}
	if err := plain(data, &doc); err != nil {
		return nil, err
	}
	var out []Pointer
	for name, stage := range doc.Stages {
		base, _, _ := strings.Cut(name, "@") // of foreach and matrix
		for _, l := range stage.Outs {
			if p, ok := l.pointer(path.Join(dir, wdirs[base])); ok {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

// ParsePointer reads a *.dvc file in the folder dir.
func ParsePointer(dir string, data []byte) ([]Pointer, error) {
	var doc struct {
		Wdir string   `yaml:"wdir"`
		Outs []locked `yaml:"outs"`
	}
	if err := plain(data, &doc); err != nil {
		return nil, err
	}
	var out []Pointer
	for _, l := range doc.Outs {
		if p, ok := l.pointer(path.Join(dir, doc.Wdir)); ok {
			out = append(out, p)
		}
	}
	return out, nil
}

// plain decodes what DVC itself writes: YAML without anchors.
func plain(data []byte, v any) error {
	if len(data) > maxPipeline {
		return fmt.Errorf("it has %d bytes; at most %d are read", len(data), maxPipeline)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return fmt.Errorf("not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if aliased(&doc) {
		return errors.New("it holds an alias, and DVC writes none")
	}
	return doc.Decode(v)
}

func aliased(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode {
		return true
	}
	for _, c := range n.Content {
		if aliased(c) {
			return true
		}
	}
	return false
}

// ParseFolder reads the listing of a folder that p points to.
func ParseFolder(p Pointer, data []byte) ([]Pointer, error) {
	if len(data) > maxPipeline {
		return nil, fmt.Errorf("its listing has %d bytes; at most %d are read", len(data), maxPipeline)
	}
	var list []struct {
		MD5     string `json:"md5"`
		RelPath string `json:"relpath"`
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, fmt.Errorf("its listing: %w", err)
	}
	var out []Pointer
	for _, e := range list {
		name := path.Join(p.Path, e.RelPath)
		if md5Name().MatchString(e.MD5) && !strings.HasSuffix(e.MD5, ".dir") && strings.HasPrefix(name, p.Path+"/") {
			out = append(out, Pointer{Path: name, MD5: e.MD5, Old: p.Old})
		}
	}
	return out, nil
}
