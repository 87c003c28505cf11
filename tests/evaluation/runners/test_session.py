import socket

import pytest

from aitp_gym.errors import AitpError
from aitp_gym.evaluation.runners.resources import Resources
from aitp_gym.evaluation.runners.session import RaySession

pytest.importorskip("ray", reason="the rllib extra is not installed")


def test_an_address_where_nobody_answers_is_named_at_once():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    with (
        pytest.raises(AitpError, match=f"{address}.*ray start --head.*ray_address=null"),
        RaySession(Resources(1), address),
    ):
        pass


def test_an_address_that_is_none_is_named():
    with pytest.raises(AitpError, match="nonsense"), RaySession(Resources(1), "nonsense"):
        pass
