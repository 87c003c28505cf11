"""The library's own tactic proofs: recorded while HOL Light loads, said as tactics, replayed and checked."""
