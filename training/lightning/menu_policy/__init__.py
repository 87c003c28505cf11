"""Training of the menu policy from traces: `python -m aitp_gym.training.lightning.menu_policy --help`."""
