"""Makes HOL Light record the theorems that it proves or defines while it loads, most of which get no name.

HOList's theorem database holds such lemmas too. Each way to get a theorem is bound once more under its own name, after
the file that defines it: from there on it hands its results to `ocaml/track.ml`, which gives them their position.
"""

from __future__ import annotations

__all__ = ["wrappers"]


def _wrapper(name: str, parameters: str, kind: str = "definition") -> str:
    # The annotation matters: the server reads back what was recorded as theorems, unchecked.
    return f'let {name} {parameters} = Track.record "{kind}" ({name} {parameters} : thm);;'


_WRAPPERS = {
    "fusion.ml": (_wrapper("new_basic_definition", "tm"), _wrapper("new_axiom", "tm")),
    "drule.ml": (_wrapper("new_definition", "tm"),),
    "tactics.ml": (_wrapper("prove", "goal", "theorem"),),
    "ind_defs.ml": (
        "let new_inductive_definition tm =\n"
        "  let rules,induction,cases = new_inductive_definition tm in\n"
        '  let record th = Track.record "definition" (th : thm) in\n'
        "  record rules,record induction,record cases;;",
    ),
    "class.ml": (_wrapper("new_type_definition", "name maps th"),),
    "pair.ml": (_wrapper("new_definition", "tm"),),
    "nums.ml": (
        # The theorem that something with the properties exists is a lemma of its own.
        "let new_specification names th =\n"
        '  let th = Track.record "theorem" (th : thm) in\n'
        '  Track.record "definition" (new_specification names th : thm);;',
    ),
    "recursion.ml": (_wrapper("new_recursive_definition", "axiom tm"),),
    "define.ml": (_wrapper("define", "tm"),),
}


def wrappers(file: str) -> str:
    """What to insert after one of HOL Light's files; empty for most."""
    return "".join(f"\n{text}\n" for text in _WRAPPERS.get(file, ()))
