package executor

import (
	"net/url"
	"slices"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// allowed are the variables that every step sees: what programs need to start and to find their
// libraries. A trailing * stands for any ending.
var allowed = []string{
	"PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "LC_*", "TZ", "TMPDIR", "CI",
	"VIRTUAL_ENV", "CONDA_*", "PYTHONPATH", "PYTHONHOME", "PYTHONHASHSEED", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE",
	"pythonLocation", "Python_ROOT_DIR", "PYENV_*", "LD_LIBRARY_PATH", "JAVA_HOME", "R_HOME", "R_LIBS*",
	"CUDA_*", "NVIDIA_VISIBLE_DEVICES", "OMP_*", "MKL_*", "OPENBLAS_*", "SSL_CERT_FILE", "SSL_CERT_DIR",
	"http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
}

// allowedInside are those of allowed that mean the same in a container, which has its own programs.
var allowedInside = []string{
	"CI", "TZ", "PYTHONHASHSEED", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "OMP_*", "MKL_*", "OPENBLAS_*",
	"http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
}

// denied are the variables that no step ever sees, asked for or not: with them a step could write to
// the repository or speak for the run.
var denied = []string{"GITHUB_*", "INPUT_*", "ACTIONS_*", "RUNNER_*", "MLGATE_*", "GIT_*", "SSH_*", "GH_TOKEN", "BASH_ENV", "ENV"}

func matches(list []string, name string) bool {
	return slices.ContainsFunc(list, func(p string) bool {
		prefix, wild := strings.CutSuffix(p, "*")
		return name == p || (wild && strings.HasPrefix(name, prefix))
	})
}

// Environ is the environment of a step: the allowed variables of environ, those it asks for by pass
// unless denied, and what it sets. Sorted; set wins.
func Environ(environ, pass []string, set []mlgate.EnvVar) []string {
	return filtered(map[string]string{}, allowed, environ, pass, set)
}

// ContainerEnviron is the same for a step in a container: what this machine's programs need stays here.
// The image's own variables come to it. Its home is /tmp, since the image does not know the user.
func ContainerEnviron(environ, pass []string, set []mlgate.EnvVar) []string {
	return filtered(map[string]string{"HOME": "/tmp"}, allowedInside, environ, pass, set)
}

func filtered(vars map[string]string, allowed, environ, pass []string, set []mlgate.EnvVar) []string {
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		if !matches(denied, name) && (matches(allowed, name) || slices.Contains(pass, name)) {
			vars[name] = value
		}
	}
	for _, v := range set {
		vars[v.Name] = v.Value
	}
	out := make([]string, 0, len(vars))
	for name, value := range vars {
		out = append(out, name+"="+value)
	}
	slices.Sort(out)
	return out
}

var secretEndings = []string{"TOKEN", "SECRET", "PASSWORD", "PASSWD", "KEY", "CREDENTIALS", "AUTH"}

// minSecret is the shortest value that is worth hiding, in bytes: shorter ones would blank half a log.
const minSecret = 8

// Secrets are the values that must not be shown: of variables whose names say so, and passwords
// inside URLs.
func Secrets(environ []string) []string {
	var out []string
	for _, kv := range environ {
		name, value, _ := strings.Cut(kv, "=")
		upper := strings.ToUpper(name)
		if slices.ContainsFunc(secretEndings, func(e string) bool { return strings.HasSuffix(upper, e) }) {
			out = append(out, value)
		}
		if u, err := url.Parse(value); err == nil && u.User != nil {
			if p, ok := u.User.Password(); ok {
				out = append(out, p)
			}
		}
	}
	out = slices.DeleteFunc(out, func(s string) bool { return len(s) < minSecret })
	slices.Sort(out)
	return slices.Compact(out)
}
