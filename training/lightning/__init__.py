"""Training with Lightning: one folder per experiment, with a module, a data module and a command each."""
