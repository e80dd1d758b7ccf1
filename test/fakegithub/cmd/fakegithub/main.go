// Command fakegithub serves one bare repository as a GitHub until it is killed, and prints its URL.
// GET /_state tells the comments.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"

	"github.com/mlgate/mlgate/test/fakegithub"
)

func main() {
	var o fakegithub.Options
	flag.StringVar(&o.Listen, "listen", "127.0.0.1:0", "address")
	flag.StringVar(&o.Root, "root", ".", "folder of the bare repository")
	flag.StringVar(&o.Git, "git", "origin.git", "name of the bare repository")
	flag.StringVar(&o.Repo, "repo", "acme/model", "owner/name")
	flag.StringVar(&o.Token, "token", "secret-token", "token that is accepted")
	flag.BoolVar(&o.ReadOnly, "readonly", false, "the token may not write")
	flag.Parse()
	s, err := fakegithub.Start(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(s.URL)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	<-stop
	s.Close()
}
