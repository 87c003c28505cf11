"""Encoders: ways from the text of a goal to a vector."""
