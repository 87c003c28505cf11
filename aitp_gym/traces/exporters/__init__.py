"""Traces for other libraries: Hugging Face's datasets, Minari, RLlib and Stable-Baselines3.

Tables are exported as they are. The other three take episodes of a preset, which `aitp_gym.wrappers.trace_episodes`
makes of traces: a preset stands above traces, so that nothing here knows how.
"""
