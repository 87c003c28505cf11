import pytest

pytest.importorskip("starlette", reason="the serve extra is not installed: pip install 'aitp-gym[serve]'")

from aitp_gym.bench.measure import parts
from aitp_gym.bench.wire import SESSIONS, wire_figures


@pytest.mark.integration
def test_the_part_counts_steps_of_one_client_and_of_several():
    found = wire_figures(steps=60, sessions=(1, 3))
    assert set(found) == {"in_process_per_s", "sessions_1_per_s", "sessions_3_per_s"}
    assert all(figure > 0 for figure in found.values())
    assert parts()["wire"].figures == ("in_process_per_s", *(f"sessions_{number}_per_s" for number in SESSIONS))
