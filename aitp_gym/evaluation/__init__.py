"""Evaluation: attempts at theorems by a policy and a search, in this process or by parallel runners."""
