package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

func (s *source) walkTruth(p place) {
	switch {
	case quoted(p.Node), !slices.Contains(truths, strings.ToLower(p.Value)):
		s.misfit(p.Node, fmt.Sprintf("%s is %q", p.what, p.Value), "write true or false, without quotes")
	case p.Tag != "!!bool" || p.Value != "true" && p.Value != "false":
		s.problem(p.Node, fmt.Sprintf("%s is %s, which not every reader of YAML takes for true or false", p.what, p.Value), "write true or false")
	}
}

// wholeNumber is the plain spelling of a count.
var wholeNumber = rx(`^[1-9][0-9]{0,8}$`)

func (s *source) walkCount(p place) {
	if quoted(p.Node) || !wholeNumber.MatchString(p.Value) {
		s.misfit(p.Node, fmt.Sprintf("%s is %q, not a whole number from 1 on", p.what, p.Value), "write it like 2")
	}
}

func (s *source) walkOne(p place) {
	switch {
	case p.Value != "1":
		s.misfit(p.Node, fmt.Sprintf("version %q is not one that this mlgate reads", p.Value), "write version: 1; another is of a newer mlgate")
	case quoted(p.Node):
		s.misfit(p.Node, "version is text in quotes", "write version: 1")
	}
}

// plainNumber is what a number in mlops.yaml looks like: YAML's other spellings (0x10, 1_000, .inf,
// 010) mean different things to different readers.
var plainNumber = rx(`^[+-]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// numberIn is the number that a scalar stands for.
func numberIn(n *yaml.Node) (float64, bool) {
	f, err := strconv.ParseFloat(n.Value, 64)
	return f, plainNumber.MatchString(n.Value) && err == nil && !math.IsInf(f, 0) && !quoted(n)
}

func (s *source) walkNumber(p place) {
	if _, ok := numberIn(p.Node); ok {
		return
	}
	message := p.what + " is not a plain finite number"
	switch bare := strings.TrimSpace(p.Value); {
	case strings.HasPrefix(bare, ".") && plainNumber.MatchString("0"+bare) && !quoted(p.Node):
		s.problem(p.Node, message, "write 0"+bare)
	case quoted(p.Node) && plainNumber.MatchString(bare):
		s.misfit(p.Node, p.what+" is text in quotes, not a number", "write "+bare+" without quotes")
	case p.Tag == "!!int" || p.Tag == "!!float": // a number in an odd spelling
		s.problem(p.Node, message, "write it like 0.85 or 120")
	case plainNumber.MatchString(strings.Replace(bare, ",", ".", 1)):
		s.misfit(p.Node, message, "write "+strings.Replace(bare, ",", ".", 1))
	case strings.HasSuffix(bare, "%"):
		s.misfit(p.Node, message, "a limit is in the metric's own unit: write it like 0.85 or 120")
	default:
		s.misfit(p.Node, message, "write it like 0.85 or 120")
	}
}

// walkShare takes how sure to be: half would be a coin, 1 can never be.
func (s *source) walkShare(p place) {
	f, ok := numberIn(p.Node)
	switch {
	case !ok && strings.HasSuffix(p.Value, "%"):
		s.misfit(p.Node, fmt.Sprintf("%s is %q, not a number", p.what, p.Value), "write it like 0.95")
	case !ok:
		s.walkNumber(p)
	case f <= 0.5 || f >= 1:
		s.misfit(p.Node, fmt.Sprintf("%s is %s, which is not above 0.5 and below 1", p.what, p.Value), "write it like 0.95: 1 − 0.95 is how often a good change may be blocked by chance")
	}
}

// relative is an allowed change as a part of the baseline.
var relative = rx(`^(0|[1-9][0-9]{0,5})(\.[0-9]{1,9})? ?% +of +baseline$`)

func (s *source) walkBound(p place) {
	v := strings.TrimSpace(p.Value)
	percent, rest, isPercent := strings.Cut(v, "%")
	percent = strings.TrimSpace(percent)
	f, err := strconv.ParseFloat(percent, 64)
	switch {
	case !isPercent:
		if f, ok := numberIn(p.Node); ok && f < 0 {
			s.misfit(p.Node, p.what+" is negative", "an allowed change is 0 or more; to demand an improvement use min or max")
		} else if !ok {
			s.walkNumber(p)
		}
	case relative.MatchString(p.Value) && err == nil:
	case !plainNumber.MatchString(percent) || err != nil || f < 0:
		s.misfit(p.Node, p.what+" is not a percentage", "write 10% of baseline")
	case strings.TrimSpace(rest) == "":
		s.misfit(p.Node, fmt.Sprintf("%s of %s is ambiguous", p.what, v), fmt.Sprintf("write `%s%% of baseline`, or %.6g in the metric's own unit", percent, f/100))
	default:
		s.misfit(p.Node, fmt.Sprintf("%s of %q is not understood", p.what, v), fmt.Sprintf("write `%s%% of baseline`", percent))
	}
}

// plainDay is what a date looks like.
var plainDay = rx(`^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$`)

func (s *source) walkDay(p place) {
	if !plainDay.MatchString(p.Value) {
		s.misfit(p.Node, fmt.Sprintf("%s is %q, not a date", p.what, p.Value), "write it like 2027-01-31")
	} else if _, err := time.Parse(time.DateOnly, p.Value); err != nil {
		s.problem(p.Node, fmt.Sprintf("%s is %s, a day that does not exist", p.what, p.Value), "look at a calendar")
	}
}
