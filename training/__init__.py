"""Training: learners, each a command that reads traces and writes a checkpoint."""

if not __name__.startswith("aitp_gym."):
    raise ImportError("`training` is part of aitp-gym: install the project and import `aitp_gym.training`.")
