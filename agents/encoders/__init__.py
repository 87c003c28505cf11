"""Encoders: from the text of a goal to numbers."""
