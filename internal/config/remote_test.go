package config_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/mlgate/mlgate/internal/config"
)

// Whatever is accepted is written back as it stood, and a URL parser sees in it what we saw: one host,
// https, no user, no way up, one pin.
func FuzzRemotePolicy(f *testing.F) {
	for _, s := range []string{
		"git::https://h/o/p.git//rego/ml?ref=4f0c21a44f0c21a44f0c21a44f0c21a44f0c21a4",
		"https://h:8443/p.tar.gz//s?checksum=sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"https://h/p.rego?checksum=sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"git::https://a@b/p?ref=main", `git::https://h\@i/p//..?ref=0&ref=1#x`, "https://[::1]/p.tgz", "s3::https://h/p",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := config.ParseDemand("f", []byte("version: 1\nmodel: a\npolicies: ["+strconv.Quote(s)+"]\n"), "dev")
		if err != nil || len(d.Policies) != 1 || d.Policies[0].Remote == nil {
			return
		}
		r := *d.Policies[0].Remote
		if r.String() != d.Policies[0].Ref {
			t.Errorf("%q is written back as %q", d.Policies[0].Ref, r)
		}
		u, err := url.Parse(strings.TrimPrefix(r.String(), "git::"))
		if err != nil || u.Scheme != "https" || u.User != nil || u.Host == "" || u.RawPath != "" || u.Fragment != "" || len(u.Query()) != 1 {
			t.Fatalf("%q: %v, %+v", s, err, u)
		}
		if "https://"+u.Host+u.Path != strings.TrimSuffix(r.Address+"//"+r.Sub, "//") || strings.Contains(u.Path+"/", "/../") {
			t.Errorf("%q: the path is %q of %q", s, u.Path, u.Host)
		}
		if pin := u.Query().Get("ref") + strings.TrimPrefix(u.Query().Get("checksum"), "sha256:"); pin != r.Pin || len(r.Pin) < 40 || strings.Trim(r.Pin, "0123456789abcdef") != "" {
			t.Errorf("%q: pinned to %q", s, r.Pin)
		}
	})
}
