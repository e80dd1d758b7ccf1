// Package workflows holds the example workflows that `mlgate init` writes from.
package workflows

import _ "embed" // the files below

// TwoJobs is the recommended GitHub workflow where everybody who opens a pull request may push.
//
//go:embed github/two-jobs.yml
var TwoJobs string

// ForkRun runs the steps of changes from anywhere, and may write nothing; ForkJudge judges what it left.
var (
	//go:embed github/fork-run.yml
	ForkRun string
	//go:embed github/fork-judge.yml
	ForkJudge string
)
