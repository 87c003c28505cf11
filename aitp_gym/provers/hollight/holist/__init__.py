"""HOList: its tactic language, theorem database, proof logs and protocol (Bansal et al., arXiv:1904.03241)."""
