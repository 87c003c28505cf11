"""Training of the seq2seq goal model from traces: `python -m aitp_gym.training.lightning.goal_model_seq2seq --help`."""
