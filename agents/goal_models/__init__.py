"""Goal models: learned answers to "how likely is this goal to be provable", for searches that ask."""
