package main

import "optlab/internal/cli"

func main() { cli.Main(run) }
