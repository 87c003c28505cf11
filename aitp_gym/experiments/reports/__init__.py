"""Reports: the numbers of a run, computed from its traces."""
