// Package chat reads what people say to mlgate in a comment: one command on the first line. It is
// pure, and any text gives an answer.
//
// It never decides who may say what.
package chat

import (
	"fmt"
	"strings"

	"github.com/mlgate/mlgate/internal/inert"
	"github.com/mlgate/mlgate/internal/mlgate"
	"github.com/mlgate/mlgate/internal/pattern"
)

// What can be said.
const (
	Why      = "why"      // why NAME [MODEL]
	Plan     = "plan"     // plan [MODEL]
	Rerun    = "rerun"    // rerun
	Override = "override" // override RULE @HEAD REASON…
	Promote  = "promote"  // promote STAGE @EVIDENCE [REASON…]
)

// Command is one thing that somebody asks for.
type Command struct {
	Verb   string
	Name   string // rule or stage
	Model  string // of a question; empty: none is named
	Pin    string // of an override the full commit id, of a promotion the full digest of the evidence
	Reason string
}

// Acts reports whether a command changes anything that is judged or moved.
func (c Command) Acts() bool { return c.Verb == Override || c.Verb == Promote }

// maxLine is the longest command, in bytes.
const maxLine = 1000

var (
	rule   = pattern.Lazy(`^(gate|check|policy)/[!-~]{1,300}$`)
	stage  = pattern.Lazy(`^[a-zA-Z0-9][a-zA-Z0-9/_-]{0,99}$`)
	commit = pattern.Lazy(`^@[0-9a-f]{40}([0-9a-f]{24})?$`)
	digest = pattern.Lazy(`^@[0-9a-f]{64}$`)
)

const usage = "say one of: /mlgate why RULE [MODEL] · /mlgate plan [MODEL] · /mlgate rerun · /mlgate override RULE @FULL-HEAD-SHA REASON · /mlgate promote STAGE @EVIDENCE-DIGEST"

// Parse reads the first line of a comment; false: it is not said to mlgate. A Mistake says what was
// wrong with it.
func Parse(body string) (Command, bool, error) {
	line, _, _ := strings.Cut(body, "\n")
	line = strings.TrimSuffix(line, "\r")
	rest, ours := strings.CutPrefix(line, "/mlgate")
	if !ours || (rest != "" && rest[0] != ' ' && rest[0] != '\t') {
		return Command{}, false, nil
	}
	if len(line) > maxLine {
		return Command{}, true, mistake("the line has %d bytes, at most %d are read", len(line), maxLine)
	}
	if inert.Line(line) != strings.ReplaceAll(line, "\t", inert.Line("\t")) {
		return Command{}, true, mistake("the line holds characters that cannot be seen")
	}
	words := strings.FieldsFunc(rest, func(r rune) bool { return r == ' ' || r == '\t' })
	if len(words) == 0 {
		return Command{}, true, mistake("nothing is asked for")
	}
	c, err := read(words[0], words[1:])
	return c, true, err
}

func read(verb string, args []string) (Command, error) {
	c := Command{Verb: verb}
	switch {
	case (verb == Plan || verb == Rerun) && len(args) == 0:
		return c, nil
	case verb == Rerun:
		return c, mistake("rerun takes nothing behind it")
	case verb == Plan && len(args) == 1 && stage().MatchString(args[0]):
		c.Model = args[0]
		return c, nil
	case verb == Plan:
		return c, mistake("plan takes the name of a model, or nothing")
	case verb == Why && len(args) == 1:
		c.Name = args[0]
		return c, nil
	case verb == Why && len(args) == 2 && stage().MatchString(args[1]):
		c.Name, c.Model = args[0], args[1]
		return c, nil
	case verb == Why:
		return c, mistake("why takes one name, and behind it the name of a model where there are several")
	case verb == Override && (len(args) < 3 || !rule().MatchString(args[0]) || !commit().MatchString(args[1])):
		return c, mistake("override takes the rule (gate/… or policy/…), @ with the head's full commit id, and a reason")
	case verb == Promote && (len(args) < 2 || !stage().MatchString(args[0]) || !digest().MatchString(args[1])):
		return c, mistake("promote takes the stage, and @ with the full digest of the evidence")
	case verb == Override || verb == Promote:
		c.Name, c.Pin, c.Reason = args[0], args[1][1:], strings.Join(args[2:], " ")
		return c, nil
	}
	return c, mistake("%q is nothing that can be asked for", inert.Clip(verb, 40))
}

func mistake(format string, args ...any) error {
	return &mlgate.Mistake{Err: fmt.Errorf("reading the command: "+format, args...), Fix: usage}
}
