"""Training: evaluation, learning from traces, and the loop that alternates them."""

if not __name__.startswith("aitp_gym."):
    raise ImportError("`training` is part of aitp-gym: install the project and import `aitp_gym.training`.")
