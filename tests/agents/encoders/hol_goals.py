"""Texts of goals of HOL Light, made of small parts."""

NUM = "(num)"
RELATION = "(fun (num) (fun (num) (bool)))"


def variable(name: str) -> str:
    return f"(v {NUM} {name})"


def apply(function: str, *arguments: str) -> str:
    for argument in arguments:
        function = f"(a {function} {argument})"
    return function


def relation(name: str, left: str, right: str) -> str:
    return apply(f"(c {RELATION} {name})", left, right)


def for_all(name: str, body: str) -> str:
    return f"(a (c (fun (fun (num) (bool)) (bool)) !) (l {variable(name)} {body}))"


def ordered(outer: str, inner: str, left: str, right: str, name: str = "<=") -> str:
    """The goal `!outer inner. left <= right`."""
    return "⊢ " + for_all(outer, for_all(inner, relation(name, variable(left), variable(right))))
