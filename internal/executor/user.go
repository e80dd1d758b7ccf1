package executor

import (
	"fmt"
	"os/user"
	"slices"
	"strconv"
	"strings"

	"github.com/mlgate/mlgate/internal/mlgate"
)

// User is whom steps run as: without capabilities, without other groups, and with no way to gain
// privileges.
type User struct {
	Name, Home string
	UID, GID   uint32
}

// LookupUser finds a user of this machine by name. Root is a Mistake: it would be no other user.
func LookupUser(name string) (*User, error) {
	found, err := user.Lookup(name)
	if err != nil {
		return nil, &mlgate.Mistake{Err: fmt.Errorf("looking up the user %q that steps run as: %w", name, err), Fix: userFix}
	}
	uid, uerr := strconv.ParseUint(found.Uid, 10, 32)
	gid, gerr := strconv.ParseUint(found.Gid, 10, 32)
	if uerr != nil || gerr != nil || uid == 0 {
		return nil, &mlgate.Mistake{Err: fmt.Errorf("looking up the user %q that steps run as: its number is %q", name, found.Uid), Fix: userFix}
	}
	return &User{Name: name, Home: found.HomeDir, UID: uint32(uid), GID: uint32(gid)}, nil
}

// userFix is the way out of every trouble with another user.
const userFix = "name a user without privileges in MLGATE_STEP_USER, or set it to nothing: then steps run as the user that mlgate runs as"

// Environ is environ with this user's name and home.
func (u *User) Environ(environ []string) []string {
	kept := slices.DeleteFunc(slices.Clone(environ), func(kv string) bool {
		name, _, _ := strings.Cut(kv, "=")
		return name == "HOME" || name == "USER" || name == "LOGNAME"
	})
	return append(kept, "HOME="+u.Home, "USER="+u.Name, "LOGNAME="+u.Name)
}
