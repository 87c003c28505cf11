"""A training command whose loss diverged: NaN and infinity among its metrics, as Python writes them.

python diverge.py OUTPUT
"""

from __future__ import annotations

import json
import math
import os
import sys
from pathlib import Path

from aitp_gym.agents.policies.frequency import FrequencyPolicy

output = Path(sys.argv[1])
FrequencyPolicy("propositional").save(output / "counts.json")
metrics = {"loss": math.nan, "norm": math.inf, "steps": 3}
Path(os.environ["AITP_RESULT"]).write_text(json.dumps({"checkpoint": str(output / "counts.json"), "metrics": metrics}))
