package demo

import "context"
type Options struct { Binary, Dir string; Out interface{ Write([]byte)(int,error) }; Env []string }
func Run(context.Context, Options) error { return nil }
