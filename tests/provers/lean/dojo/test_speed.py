"""What a request costs beside Lean's own time: LeanDojo's client as it is, and ours over it (`-m benchmark -s`)."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from aitp_gym.provers.lean.dojo import host

REQUESTS = 50
LONG = "grow " + "x" * 5_000

AS_IT_IS = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import host, lean_dojo
theorem = lean_dojo.Theorem(host.repository(Path(sys.argv[1])), Path("Lean4Example.lean"), "both")
with lean_dojo.Dojo(theorem, timeout=60) as (dojo, state):
    for tactic, count in ((sys.argv[3], int(sys.argv[4])), (sys.argv[5], 3)):
        started = time.perf_counter()
        for _ in range(count):
            dojo.run_tac(state, tactic)
        print(1000 * (time.perf_counter() - started) / count)
"""


@pytest.mark.benchmark
def test_our_client_waits_for_nothing(traced, enter):
    folder = Path(host.__file__).parent
    command = [sys.executable, "-c", AS_IT_IS, str(traced), str(folder), "nonsense", str(REQUESTS), LONG[:4_000]]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=traced.parent)
    short_ms, long_ms = map(float, done.stdout.split()[-2:])
    session = enter("both")
    ours = []
    for tactic, count in (("nonsense", REQUESTS), (LONG[:4_000], 3)):
        started = time.perf_counter()
        session.apply(session.root, [tactic] * count, 60.0)
        ours.append(1000 * (time.perf_counter() - started) / count)
    print(
        f"\na request: LeanDojo {short_ms:.1f} ms, ours {ours[0]:.2f} ms; "
        f"a state of 4,000 characters: LeanDojo {long_ms:.0f} ms, ours {ours[1]:.1f} ms"
    )
    assert ours[0] < short_ms / 5
    assert ours[1] < long_ms / 20
