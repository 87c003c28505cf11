"""MaskablePPO learns to prove: five lines, with the defaults of everything. About a minute on one core.

python examples/five_lines.py [STEPS]
"""

import sys

import torch
from sb3_contrib import MaskablePPO

import aitp_gym  # noqa: F401  # registers the ids

torch.set_num_threads(1)  # networks this small are slower on several
model = MaskablePPO("MultiInputPolicy", "aitp/Propositional-Menu-v0", verbose=1)
model.learn(int(sys.argv[1]) if len(sys.argv) > 1 else 40_000)
