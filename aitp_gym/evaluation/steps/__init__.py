"""Steps of proofs in traces: how far simple predictions get on them, and what menus can write of them."""
