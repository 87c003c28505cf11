import os

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.theorems.files import read_theorems


@pytest.mark.parametrize(
    "line", ["[" * 100_000, "9" * 5000, '{"statement": 3}', '{"statement": "p", "name": "\\ud800"}']
)
def test_a_line_that_is_no_theorem_is_refused_with_its_number(tmp_path, propositional, line):
    path = tmp_path / "theorems.jsonl"
    path.write_text(f'{{"statement": "p -> p"}}\n{line}\n')
    with pytest.raises(BadInput, match="line 2"):
        read_theorems(path, propositional.parse)


def test_names_stand_once(tmp_path, propositional):
    path = tmp_path / "theorems.jsonl"
    path.write_text(2 * '{"statement": "p -> p", "name": "a"}\n')
    with pytest.raises(BadInput, match="must be unique"):
        read_theorems(path, propositional.parse)


def test_only_regular_files_of_bounded_size_are_read(tmp_path, propositional):
    pipe, large = tmp_path / "pipe", tmp_path / "large"
    os.mkfifo(pipe)
    large.touch()
    os.truncate(large, 2**40)
    for path, said in ((pipe, "a pipe"), (large, "no more than")):
        with pytest.raises(BadInput, match=said):
            read_theorems(path, propositional.parse)
