"""Configuration files of `aitp run`, in Hydra groups."""

if not __name__.startswith("aitp_gym."):
    raise ImportError("`configs` is part of aitp-gym: install the project and import `aitp_gym.configs`.")
