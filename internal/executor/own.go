package executor

import (
	"os"
	"strings"

	"github.com/mlgate/mlgate/internal/pattern"
)

var (
	longID  = pattern.Lazy(`/([0-9a-f]{64})/(?:userdata/)?(?:hostname|hosts|resolv\.conf)$`)
	shortID = pattern.Lazy(`^[0-9a-f]{12}$`)
)

// ownIDs are the ids that the container may have that this process runs in: of the files that engines
// mount over their containers' own, and the name that they give them.
func ownIDs() []string {
	data, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return nil // no Linux
	}
	ids := mountedIDs(string(data))
	if name, err := os.Hostname(); err == nil && shortID().MatchString(name) {
		ids = append(ids, name)
	}
	return ids
}

// mountedIDs reads /proc/self/mountinfo (proc(5): the fourth field is the path on the file system, the
// fifth where it is mounted). On the machine itself other containers' mounts are listed too, elsewhere.
func mountedIDs(mountinfo string) []string {
	var ids []string
	for line := range strings.Lines(mountinfo) {
		f := strings.Fields(line)
		if len(f) < 5 {
			continue
		}
		switch f[4] {
		case "/etc/hostname", "/etc/hosts", "/etc/resolv.conf":
			if m := longID().FindStringSubmatch(f[3]); m != nil {
				return []string{m[1]}
			}
		}
	}
	return ids
}
