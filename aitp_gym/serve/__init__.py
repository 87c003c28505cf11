"""Environments for trainers of language models: over the wire (OpenEnv), and as tools of a trainer in this process."""
