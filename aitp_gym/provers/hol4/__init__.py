"""HOL4: a server in a heap of its own over the user's installation, a process for each session."""
