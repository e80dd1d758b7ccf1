// Package workflows holds the example workflows that `mlgate init` writes from.
package workflows

import _ "embed" // the file below

// TwoJobs is the recommended GitHub workflow.
//
//go:embed github/two-jobs.yml
var TwoJobs string
