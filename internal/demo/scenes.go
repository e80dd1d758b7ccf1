package demo

import (
	"fmt"
	"path/filepath"
)

// scenes in the order in which they are played.
var scenes = []func(*stage) error{adopt, good, bad, cheating, rollback, end}

func adopt(s *stage) error {
	s.say("1. ADOPT. A repository with a model, and an mlops.yaml that says what it must be able to do.\n   The first evidence has nothing to be compared with: limits judge, relative gates cannot.")
	return s.all(
		"cat mlops.yaml",
		"git add . && git commit -q -m 'Iris, with two of four measurements' && git push -q -u origin main",
		"mlgate run --out ../adopt.bundle",
		"mlgate promote --bundle ../adopt.bundle",
		"mlgate promote production",
	)
}

func good(s *stage) error {
	s.say("2. A GOOD CHANGE. All four measurements: on a laptop, before anybody else sees it, `mlgate review`\n   runs and judges it. Then it is merged, and the merged commit is promoted.")
	return s.all(
		"git checkout -q -b all-four && sed -i.bak 's/^features: .*/features: 1 2 3 4/' params.yaml && rm params.yaml.bak && git commit -qam 'Use all four measurements'",
		"mlgate review",
		"git checkout -q main && git merge -q --no-ff -m 'Merge all-four' all-four && git push -q",
		"mlgate run --out ../good.bundle && mlgate promote --bundle ../good.bundle",
		"mlgate promote production",
	)
}

func bad(s *stage) error {
	s.say("3. A BAD CHANGE. Somebody drops the two measurements that matter. This is the comment that the pull\n   request gets; the exit code is 1.")
	if err := s.all("git checkout -q -b sepals-only && sed -i.bak 's/^features: .*/features: 1 2/' params.yaml && rm params.yaml.bak && git commit -qam 'Sepals are enough'"); err != nil {
		return err
	}
	return s.sh(1, "mlgate review --format markdown")
}

func cheating(s *stage) error {
	s.say("4. A CHEATING CHANGE. The same, and it lowers its own gates. The rules of main judge it all the same:\n   still blocked, and everybody sees what it tried.")
	if err := s.all("git checkout -q -b cheat && sed -i.bak 's/min: 0.85, max_drop: 0.02/min: 0.5/; /log_loss/d' mlops.yaml && rm mlops.yaml.bak && git commit -qam 'Make the build green'"); err != nil {
		return err
	}
	return s.sh(1, "mlgate review --format markdown")
}

func rollback(s *stage) error {
	s.say("5. ROLLBACK. Production goes back, with a reason, and is held: nothing moves it until a person says so.")
	if err := s.all("git checkout -q main", "mlgate rollback production --reason 'customers report odd flowers'"); err != nil {
		return err
	}
	return s.sh(4, "mlgate promote production")
}

func end(s *stage) error {
	s.say("6. HISTORY. Tags say where each stage pointed, the ledger says why. Both are in the git remote.")
	if err := s.all("mlgate history", "git ls-remote origin"); err != nil {
		return err
	}
	s.say("Everything is in %s: the clone in iris, the remote in origin.git. Go on by hand:\n", s.o.Dir)
	for _, line := range []string{
		"cd " + s.repo,
		"export PATH=" + filepath.Dir(s.o.Binary) + ":$PATH",
		"mlgate plan                                   # where each stage points, and what comes next",
		"mlgate why production                         # why it is there, who moved it, on what evidence",
		"mlgate unhold production --reason 'they were mislabelled' && mlgate promote production",
		"git fetch -q origin 'refs/mlgate/*:refs/mlgate/*' && git log --oneline refs/mlgate/ledger/iris",
	} {
		fmt.Fprintln(s.o.Out, "  "+line)
	}
	return nil
}
