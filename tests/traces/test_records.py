"""Records that were torn or damaged at any byte."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aitp_gym.errors import TraceError
from aitp_gym.traces.records import read_records, to_record

PATH = Path("some.spool")
payloads = st.lists(st.binary(max_size=12), min_size=1, max_size=4)


def ends_of(written: list[bytes]) -> list[int]:
    return [sum(len(to_record(payload)) for payload in written[:number]) for number in range(len(written) + 1)]


def read(data: bytes) -> list[tuple[bytes, int]]:
    return [(bytes(payload), end) for payload, end in read_records(data, PATH)]


@settings(max_examples=40, deadline=None)
@given(payloads)
def test_whatever_byte_a_file_is_torn_at_the_whole_records_are_read(written):
    whole, ends = b"".join(map(to_record, written)), ends_of(written)
    for cut in range(len(whole) + 1):
        complete = [(payload, end) for payload, end in zip(written, ends[1:], strict=True) if end <= cut]
        assert read(whole[:cut]) == complete


@settings(max_examples=40, deadline=None)
@given(payloads, st.integers(0, 40))
def test_zeros_from_any_byte_on_are_a_torn_tail(written, more):
    """What a file system may show after a loss of power."""
    whole, ends = b"".join(map(to_record, written)), ends_of(written)
    for cut in range(len(whole) + 1):
        zeroed = whole[:cut] + bytes(len(whole) - cut + more)
        expected = [
            (payload, end) for payload, end in zip(written, ends[1:], strict=True) if zeroed[:end] == whole[:end]
        ]
        assert read(zeroed) == expected


@settings(max_examples=40, deadline=None)
@given(payloads, st.integers(1, 255))
# Here the last byte of the file becomes zero, as it may be after a loss of power.
@example([b"\xa0\x0e^Yq"], 124)
def test_whatever_byte_is_changed_the_record_is_named_or_left_out(written, change):
    whole, ends = b"".join(map(to_record, written)), ends_of(written)
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= change
        whole_before = max(end for end in ends if end <= place)
        if not any(changed[place:]):
            assert read(bytes(changed)) == list(zip(written, ends[1:], strict=True))[:-1]
            continue
        with pytest.raises(TraceError, match=f"damaged at byte {whole_before} of {len(whole)}"):
            read(bytes(changed))


@pytest.mark.parametrize(
    "foreign", [b"A", b"AI", b"AITP and then something else", b"PAR1", b"\xff\xff\xff\xff", b"text"]
)
def test_a_file_of_something_else_holds_no_records(foreign):
    if len(foreign) < 4:
        assert read(foreign) == []  # the first bytes of a record, perhaps
    else:
        with pytest.raises(TraceError, match=r"some\.spool is not a trace or is damaged at byte 0"):
            read(foreign)
