"""The command line: one module a command. Needs the extra `cli`."""
