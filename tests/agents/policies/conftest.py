import pytest

from aitp_gym.proof import Goal, Library, Premise, Premises


def equation(left: str, right: str) -> str:
    """A typed S-expression of `left = right` for two numerals' names."""
    return f"(a (a (c (fun (num) (fun (num) (bool))) =) (c (num) {left})) (c (num) {right}))"


@pytest.fixture
def library() -> Library:
    names = ["ZERO", "ONE", "TWO", "THREE", "FOUR"]
    entries = [
        Premise(f"{a}_{b}", equation(a, b), position)
        for position, (a, b) in enumerate((a, b) for a in names for b in names)
    ]
    return Library("numerals", "numerals-1", tuple(entries))


@pytest.fixture
def goals() -> list[Goal]:
    return [
        Goal.single(equation("ONE", "TWO")),
        Goal.single(equation("THREE", "NINE"), [equation("ONE", "ONE")]),
        Goal.single("(v (bool) p)"),
    ]


@pytest.fixture
def premises(library) -> list[Premises]:
    return [Premises(library, range(20)), Premises(library, range(25)), Premises(library, range(2))]
