// Command mlgate merges a model the way code is merged: see README.md.
package main

import (
	"os"

	"github.com/mlgate/mlgate/internal/cli"
)

// version is set by the build (-ldflags "-X main.version=…").
var version = "dev"

func main() {
	os.Exit(cli.Process(version))
}
