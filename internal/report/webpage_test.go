package report

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/mlgate/mlgate/internal/inert"
)

// fill puts a text into every string below v, one element into every list, and a number where there is
// one.
func fill(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int:
		v.SetInt(7)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), text)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i), text)
			}
		}
	}
}

// tree is what a browser makes of a page whose every foreign text is this one.
func tree(t *testing.T, text string) []string {
	t.Helper()
	sheets := make([]sheet, 2)
	for i := range sheets {
		fill(reflect.ValueOf(&sheets[i]).Elem(), text)
	}
	sheets[1].Findings[0].Waived = nil
	var p webpage
	p.write(text, sheets)
	root, err := html.Parse(strings.NewReader(p.String()))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for n := range root.Descendants() {
		line := strings.Repeat(" ", depth(n)) + []string{"error", "text", "document", "element", "comment", "doctype", "raw"}[n.Type] + " " + n.Data
		for _, a := range n.Attr {
			line += "\n " + a.Key + "=" + a.Val
		}
		lines = append(lines, line)
	}
	return lines
}

func depth(n *html.Node) int {
	d := 0
	for range n.Ancestors() {
		d++
	}
	return d
}

// Whatever a foreign text is, the page has the elements and attributes that it has for a harmless one,
// and the text stands in them unchanged.
func FuzzWebpage(f *testing.F) {
	for _, seed := range []string{
		"plain", `</td></table></style></title><script>alert(1)</script>`, `" onclick="x`, `' onclick='x`, "--><!--", "&lt;&#60;&", "<![CDATA[", "\x00\r\n\u202e\ufeff\xff", " ", "%s%!d", "{{.}}", "</textarea></noscript><svg/onload=x>", "+ADw-script+AD4-",
	} {
		f.Add(seed)
	}
	const mark = "Ж"
	f.Fuzz(func(t *testing.T, text string) {
		if text == "" {
			t.Skip("what is empty is left out of the page")
		}
		want := tree(t, mark)
		for i := range want {
			want[i] = strings.ReplaceAll(want[i], mark, inert.Line(text))
		}
		if d := cmp.Diff(want, tree(t, text)); d != "" {
			t.Errorf("the text %q makes another page:\n%s", text, d)
		}
	})
}
