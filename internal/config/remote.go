package config

import (
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// How a remote policy is written.
const (
	gitForm  = "git::https://HOST/REPO.git//FOLDER?ref=FULL-COMMIT-ID"
	fileForm = "https://HOST/POLICIES.tar.gz//FOLDER?checksum=sha256:HEX"
)

// The parts of an address: https, no user, no escapes, nothing that two parsers could read in two ways.
const (
	hostPart   = `[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?`
	portPart   = `(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?`
	namePart   = `[A-Za-z0-9._~+@-]+`
	placePart  = `https://` + hostPart + portPart + `(/` + namePart + `)+`
	folderPart = `(//` + namePart + `(/` + namePart + `)*)?`
	sumPart    = `\?checksum=sha256:[0-9a-f]{64}`

	gitPolicy     = `git::` + placePart + folderPart + `\?ref=([0-9a-f]{40}|[0-9a-f]{64})`
	archivePolicy = placePart + `\.(tar\.gz|tgz)` + folderPart + sumPart
	filePolicy    = placePart + `\.rego` + sumPart
)

var (
	hostText = rx(`^` + hostPart + portPart + `$`)
	partText = rx(`^` + namePart + `$`)
)

// notRemote are what the expressions above let through and must not: ways up, and addresses without
// end.
var notRemote = []*expression{rx(`^(git::)?https://[\s\S]*/\.\.?(/|\?|$)`), rx(`^(git::)?https://[\s\S]{900}`)}

// isRemote tells a reference to somewhere else from a name or a path.
func isRemote(ref string) bool {
	return strings.Contains(ref, "::") || strings.Contains(ref, "://") || strings.HasPrefix(ref, "git@")
}

// remoteOf takes a reference apart that the grammar of policies let through; nil: it is not elsewhere.
func remoteOf(ref string) *mlgate.RemotePolicy {
	if !isRemote(ref) || !policyText.fits(ref) {
		return nil
	}
	place, pin, _ := strings.Cut(strings.TrimPrefix(ref, "git::"), "?")
	address, sub, _ := strings.Cut(strings.TrimPrefix(place, "https://"), "//")
	r := mlgate.RemotePolicy{Git: strings.HasPrefix(ref, "git::"), Address: "https://" + address, Sub: sub}
	r.Pin = strings.TrimPrefix(strings.TrimPrefix(pin, "ref="), "checksum=sha256:")
	return &r
}

// complaint is what is wrong with a text, and what to write instead.
type complaint struct{ message, fix string }

func (c *complaint) Error() string { return c.message }

// remotePolicy says what is wrong with a reference to somewhere else, and how to pin it.
func remotePolicy(ref string) error {
	rest, isGit := strings.CutPrefix(ref, "git::")
	form := fileForm
	if isGit {
		form = gitForm
	}
	place, isHTTPS := strings.CutPrefix(rest, "https://")
	place, query, _ := strings.Cut(place, "?")
	host, names, _ := strings.Cut(place, "/")
	switch {
	case !isHTTPS:
		return &complaint{"remote policies come by https only", "write " + gitForm + ", or " + fileForm}
	case strings.Contains(host, "@"):
		return &complaint{"credentials stand in the address", "take them out: policies are fetched without any, and everybody reads this file"}
	case !hostText.MatchString(host):
		return &complaint{fmt.Sprintf("%q is not the name of a host", host), "write " + form}
	case names == "":
		return &complaint{"the address names a host and nothing on it", "write " + form}
	}
	if err := remoteNames(names, isGit); err != nil {
		return err
	}
	address, _, _ := strings.Cut(place, "//")
	if isGit {
		return commitPin("https://"+address, query)
	}
	return digestPin("https://"+address, query)
}

// remoteNames looks at what stands behind the host: the path, and after // the folder.
func remoteNames(s string, isGit bool) error {
	p, sub, hasSub := strings.Cut(s, "//")
	for part := range strings.SplitSeq(strings.Replace(s, "//", "/", 1), "/") {
		switch {
		case part == "." || part == "..":
			return &complaint{fmt.Sprintf("the address holds %q", part), "write the path itself"}
		case part == "":
			return &complaint{"the address has an empty part", "take the slash out that stands at its end, or twice"}
		case !partText.MatchString(part):
			return &complaint{fmt.Sprintf("the address holds %q", part), "letters, digits and . _ ~ + @ - are understood, and no escapes"}
		}
	}
	single := strings.HasSuffix(p, ".rego")
	switch {
	case isGit:
	case single && hasSub:
		return &complaint{"a single .rego file has no folder", "take //" + sub + " out"}
	case !single && !strings.HasSuffix(p, ".tar.gz") && !strings.HasSuffix(p, ".tgz"):
		return &complaint{"what is fetched from there is neither .tar.gz, .tgz nor .rego", "for a git repository write " + gitForm}
	}
	return nil
}

func commitPin(address, query string) error {
	id, ok := strings.CutPrefix(query, "ref=")
	how := "pin the full commit id: `git ls-remote " + address + "` shows those of branches and tags"
	switch {
	case query == "":
		return &complaint{"it is not pinned", how + "; add ?ref=FULL-COMMIT-ID"}
	case !ok || strings.ContainsAny(id, "&=?#;"):
		return &complaint{fmt.Sprintf("%q is not a pin alone", "?"+query), "after the ? of a git repository stands ref=FULL-COMMIT-ID and nothing else"}
	case len(id) >= 4 && strings.Trim(strings.ToLower(id), "0123456789abcdef") == "":
		return &complaint{fmt.Sprintf("ref %q is not a full commit id", id), "write all 40 (or 64) hex digits, in lower case"}
	}
	return &complaint{fmt.Sprintf("ref %q is a name, and names move", id), how}
}

func digestPin(address, query string) error {
	sum, ok := strings.CutPrefix(query, "checksum=")
	how := "pin its digest: `curl -fsS " + address + " | sha256sum` shows it"
	switch {
	case query == "":
		return &complaint{"it is not pinned", how + "; add ?checksum=sha256:HEX"}
	case !ok || strings.ContainsAny(sum, "&=?#;"):
		return &complaint{fmt.Sprintf("%q is not a pin alone", "?"+query), "after the ? of a file stands checksum=sha256:HEX and nothing else"}
	}
	return &complaint{fmt.Sprintf("checksum %q is no sha256", sum), how + "; 64 hex digits in lower case, after sha256:"}
}
