package executor

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// children lists the processes that pid's threads started, or that were given to it when their
// parents ended. While they fork it may miss some: ask again until there are none.
func children(pid int) []int {
	dir := fmt.Sprintf("/proc/%d/task", pid)
	tasks, err := os.ReadDir(dir)
	if err != nil {
		return nil // it is gone
	}
	var all []int
	for _, t := range tasks {
		data, err := os.ReadFile(dir + "/" + t.Name() + "/children")
		if err != nil {
			continue
		}
		for field := range strings.FieldsSeq(string(data)) {
			if child, err := strconv.Atoi(field); err == nil {
				all = append(all, child)
			}
		}
	}
	return all
}

// below calls do for every descendant of pid as soon as it is seen: a process that forks and ends is
// caught only so. It returns how many it saw.
func below(pid int, do func(pid int)) int {
	seen := 0
	for todo := []int{pid}; len(todo) > 0; {
		parent := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, child := range children(parent) {
			do(child)
			seen++
			todo = append(todo, child)
		}
	}
	return seen
}

// end kills a process. It may be gone, or not ours to kill: who asks for children again sees.
func end(pid int) { _ = syscall.Kill(pid, syscall.SIGKILL) }
