"""A toy prover: from one number to another by counting and doubling."""
