"""Terms: what statements of the provers are made of, read without asking the prover."""
