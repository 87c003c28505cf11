"""Features of HOL terms."""

from __future__ import annotations

from collections import Counter

from .hol_term import HolTerm, subterms

__all__ = ["hol_features"]

# As HOL Light names them, and HOL4.
_QUANTIFIERS = ("!", "?", "bool$!", "bool$?")
_IMPLICATIONS = ("==>", "min$==>")
_MAX_NODES = 2_000


def hol_features(term: HolTerm) -> Counter[str]:
    """Count what occurs in a term, what applies to what, and its outline.

    - `constant c`: a constant; `type t`: the outermost type operator of a constant or variable;
    - `f i g`: head `g` is the i-th argument of head `f`; `f i g j h`: and `h` the j-th argument of `g`;
    - `top h`: the head of the whole; `outline ...`: heads of the conclusion and of its arguments, under the outermost
      quantifiers and implications;
    - sizes, as powers of two.

    Only the first 2,000 nodes count.
    """
    found: Counter[str] = Counter()
    nodes = subterms(term)[:_MAX_NODES]
    for node in nodes:
        if node.kind == "constant":
            found[f"constant {node.head}"] += 1
        if node.operator:
            found[f"type {node.operator}"] += 1
        for i, argument in enumerate(node.children):
            found[f"{node.head} {i} {argument.head}"] += 1
            for j, inner in enumerate(argument.children):
                found[f"{node.head} {i} {argument.head} {j} {inner.head}"] += 1
    found.update(_outline(term))
    found[f"size {len(nodes).bit_length()}"] += 1
    return found


def _outline(term: HolTerm) -> list[str]:
    """Features of the conclusion under the quantifiers and implications that a proof strips first."""
    found = [f"top {term.head}"]
    quantified = antecedents = 0
    while True:
        body = term.args[0].body if term.head in _QUANTIFIERS and len(term.args) == 1 else None
        if body is not None:
            if quantified == 0:
                found.append(f"outermost quantifier {term.head}")
            quantified += 1
            term = body
        elif term.head in _IMPLICATIONS and len(term.args) == 2:
            antecedents += 1
            found.append(f"antecedent {term.args[0].head}")
            term = term.args[1]
        else:
            break
    children = term.children
    arguments = [child.head for child in children]
    found.append(f"outline {term.head}")
    found.append(f"outline {term.head} of {' '.join(arguments)}")
    found.append(f"outline type {children[0].operator}" if children else "outline without arguments")
    found.append(f"quantified {min(quantified, 5)}")
    found.append(f"antecedents {min(antecedents, 3)}")
    return found
