"""The commands, one module each: `register(subparsers)` adds its words, `run(args)` does it and gives the exit code."""
