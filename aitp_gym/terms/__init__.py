"""Terms: parsers, skeletons and expression DAGs of statements, without asking their prover."""
