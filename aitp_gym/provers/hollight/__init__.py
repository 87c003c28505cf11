"""HOL Light: the Debian package's sources, compiled to a server that forks a child for each attempt."""
