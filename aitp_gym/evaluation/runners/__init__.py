"""Parallel evaluation with RLlib's runners. Needs `pip install 'aitp-gym[rllib]'`."""
