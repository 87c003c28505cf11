"""A training command that takes a moment: count which slots of the menu led to proofs.

python fit_frequency.py TRACES OUTPUT [kill-the-run]
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from aitp_gym.agents.policies.frequency import FrequencyPolicy
from aitp_gym.menus import Menu
from aitp_gym.traces import TraceReader

traces, output = map(Path, sys.argv[1:3])
menu = Menu.load("propositional")
steps = [step for _, attempt in TraceReader(traces).records(split="train") for step in attempt.steps]
policy = FrequencyPolicy.fitted(menu, [(menu.slot_of(step.tactic, ()), step.on_proof) for step in steps])
policy.save(output / "counts.json")
if "kill-the-run" in sys.argv[3:]:
    os.kill(os.getppid(), signal.SIGKILL)
    signal.pause()
result = {"checkpoint": str(output / "counts.json")}
if "as-baseline" in sys.argv[3:]:
    result["frequency"] = result["checkpoint"]
Path(os.environ["AITP_RESULT"]).write_text(json.dumps(result))
