"""Provers, each behind the protocols of `aitp_gym.provers.base`."""
