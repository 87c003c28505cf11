"""Training of the goal model from traces: `python -m aitp_gym.training.lightning.goal_model --help`."""
