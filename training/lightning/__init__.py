"""Training of policies with Lightning: one folder per experiment, a module and a data module each."""
