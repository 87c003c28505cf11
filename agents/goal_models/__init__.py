"""Goal models: learned probabilities that a goal is provable, for searches that ask."""
