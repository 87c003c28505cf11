import copy
import pickle
import string

import pytest
from gymnasium import spaces
from gymnasium.spaces.utils import flatten, flatten_space, unflatten
from gymnasium.vector.utils import batch_space, concatenate, create_empty_array, iterate
from hypothesis import given
from hypothesis import strategies as st

from aitp_gym.envs import UnicodeText
from aitp_gym.envs.spaces import CUT_MARK
from aitp_gym.errors import BadInput

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(TEXT)
def test_every_text_of_fitting_length_is_contained(text):
    assert text in UnicodeText(20)
    assert (text in UnicodeText(10)) == (len(text) <= 10)
    assert (text in UnicodeText(20, min_length=5)) == (len(text) >= 5)


@pytest.mark.parametrize("other", ["\ud800", "a\udfff", b"bytes", None, 3, ["a"]])
def test_what_utf8_cannot_carry_is_not_contained(other):
    assert other not in UnicodeText(20)


@pytest.mark.parametrize(
    "space", [UnicodeText(0), UnicodeText(3), UnicodeText(100_000), UnicodeText(900, min_length=700)]
)
def test_samples_are_contained_short_and_repeatable(space):
    space.seed(5)
    samples = [space.sample() for _ in range(50)]
    space.seed(5)
    assert all(sample in space for sample in samples)
    assert max(map(len, samples)) <= max(64, space.max_length if space.min_length else 64)
    assert [space.sample() for _ in range(50)] == samples


def test_samples_leave_ascii():
    space = UnicodeText(64, seed=0)
    assert any(not space.sample().isascii() for _ in range(20))


def test_a_mask_fixes_the_length_of_a_sample():
    assert len(UnicodeText(50, seed=1).sample(mask=(17, None))) == 17
    with pytest.raises(BadInput, match="mask"):
        UnicodeText(50).sample(probability=(3, None))


def test_the_space_pickles_small_and_equal():
    space = UnicodeText(65_536, seed=1)
    space.sample()
    stored = pickle.dumps(space)
    assert len(stored) < 2_000
    assert pickle.loads(stored) == space == copy.deepcopy(space)


def test_equality_is_by_lengths_and_type():
    assert UnicodeText(5) == UnicodeText(5)
    assert UnicodeText(5) != UnicodeText(6)
    assert UnicodeText(5) != UnicodeText(5, min_length=1)
    assert UnicodeText(5) != spaces.Text(5, min_length=0, charset=string.ascii_letters)
    assert spaces.Text(5, min_length=0, charset=string.ascii_letters) != UnicodeText(5)


@given(TEXT)
def test_flattening_and_back_gives_the_text(text):
    space = UnicodeText(20)
    flat = flatten(space, text)
    assert flat in flatten_space(space)
    assert unflatten(space, flat) == text


def test_texts_batch_as_tuples():
    space = UnicodeText(20)
    batched = batch_space(space, 3)
    texts = ("∀x. x = x", "", "p → q")
    assert texts in batched
    assert concatenate(space, texts, create_empty_array(space, 3)) == texts
    assert tuple(iterate(batched, texts)) == texts


@given(TEXT, st.integers(1, 25))
def test_a_text_that_does_not_fit_is_cut_and_marked(text, max_length):
    space = UnicodeText(max_length)
    fitted = space.fit(text)
    assert fitted in space
    if len(text) <= max_length:
        assert fitted is text
    elif max_length >= len(CUT_MARK):
        assert fitted.endswith(CUT_MARK)
        assert text.startswith(fitted.removesuffix(CUT_MARK))
