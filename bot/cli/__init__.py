"""The command line: what stands before every command, the commands, what they share."""
