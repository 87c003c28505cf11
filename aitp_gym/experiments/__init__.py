"""Experiments: the loop that evaluates, trains and evaluates again, with its configuration and run folder."""
