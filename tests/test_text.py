"""Text from outside is refused where it cannot go to a prover as it is, with its place; nothing is replaced."""

import pytest

from aitp_gym.errors import BadInput, StatementError
from aitp_gym.text import read_utf8, refuse_unsendable, unsendable, unsendable_step


@pytest.mark.parametrize("text", ["", "!n. n < SUC n", "∀ n, n = n", "a\nb", "a\r\nb", "𝔸 ⇒ é", "\t"])
def test_what_utf8_carries_can_be_sent(text):
    assert unsendable(text) == ""


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("\udce9x. x = 0", "character 1", "byte 0xE9 that is not UTF-8"),
        ("x = \ud800", "character 5", "half of a surrogate pair"),
        ("p\n ==> \0", "character 6 of line 2", "NUL"),
        ("p ==> \ufeffp", "character 7", "byte order mark"),
        ("p\rq", "character 2", "carriage return"),
        ("p\r\nq\r", "character 2 of line 2", "carriage return"),
    ],
)
def test_what_cannot_be_sent_is_named_with_its_place(text, place, reason):
    said = unsendable(text)
    assert said.startswith(f"{place} is ")
    assert reason in said
    with pytest.raises(StatementError, match=place):
        refuse_unsendable(text, "HOL Light")
    assert unsendable_step(["intro", text]) == (1, f"tactic 1 cannot be sent to the prover: {said}")


def test_a_file_may_begin_with_a_mark_and_end_its_lines_both_ways(tmp_path):
    (tmp_path / "set.txt").write_bytes("\ufeffA ∧ B\r\nC\n".encode())
    assert read_utf8(tmp_path / "set.txt") == "A ∧ B\nC\n"


@pytest.mark.parametrize(
    ("content", "place"),
    [(b"p\nq \xe9", "byte 3 of line 2 is 0xE9"), (b"p\r\nq\rr", "line 2: character 2 is a carriage return")],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_place(tmp_path, content, place):
    (tmp_path / "set.txt").write_bytes(content)
    with pytest.raises(BadInput, match=place):
        read_utf8(tmp_path / "set.txt")
    with pytest.raises(BadInput, match="No such file"):
        read_utf8(tmp_path / "none.txt")
