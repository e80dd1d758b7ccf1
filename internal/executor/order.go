package executor

import "time"

// SuperviseArg is the one argument with which Local starts this program as a supervisor.
const SuperviseArg = "supervise"

// settle is how long a supervisor goes on killing before it says that something cannot be killed.
const settle = 10 * time.Second

// order is what a supervisor is told, as one JSON value on its standard input. The end of that input
// means: stop. So a supervisor also stops when whoever started it is gone.
type order struct {
	Shell string // path of the program
	Run   string
	Dir   string
	Env   []string
	User  *User
}

// report is what a supervisor tells when nothing is left of the step, as JSON on descriptor 3.
type report struct {
	Status uint32 // as wait gives it
	Memory int64  // bytes
	Left   int    // processes that could not be killed
	Error  string // why the shell could not be started
	Denied bool   // the error is a lack of permission
}
