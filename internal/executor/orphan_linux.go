package executor

import (
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// orphans are processes of steps whose supervisor was killed. They become children of this process;
// it knows them by their session: its own other children share its session, and a process can leave a
// session but never join one. There is one of it because a process has one set of children.
var orphans = keeper{supervisors: map[int]bool{}}

type keeper struct {
	mu          sync.Mutex
	supervisors map[int]bool // running
}

// start starts a supervisor; meanwhile nobody buries.
func (k *keeper) start(cmd *exec.Cmd) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	k.supervisors[cmd.Process.Pid] = true
	return nil
}

func (k *keeper) ended(cmd *exec.Cmd) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.supervisors, cmd.Process.Pid)
}

// bury kills all orphans with all that they started, and returns how many could not be killed. Steps
// that run keep theirs: those are below their own supervisors. It looks until there is none: when one
// is gone, those that it started come to us.
func (k *keeper) bury(now func() time.Time) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	for limit := now().Add(settle); ; time.Sleep(time.Millisecond) {
		found, left := k.found(), 0
		for _, pid := range found {
			below(pid, end)
			end(pid)
			if gone, _ := syscall.Wait4(pid, nil, syscall.WNOHANG|syscall.WALL, nil); gone != pid {
				left++
			}
		}
		if len(found) == 0 || now().After(limit) {
			return left
		}
	}
}

func (k *keeper) found() []int {
	own, err := unix.Getsid(0)
	if err != nil {
		return nil
	}
	var all []int
	for _, pid := range children(os.Getpid()) {
		if sid, err := unix.Getsid(pid); err == nil && sid != own && !k.supervisors[pid] {
			all = append(all, pid)
		}
	}
	return all
}
