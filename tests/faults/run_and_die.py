"""`aitp` that is killed at a chosen moment: python run_and_die.py MODULE NAME WHEN COUNT ARGUMENT…

The process kills itself `before` or `after` the COUNT-th call of the function NAME (`function` or `Class.method`).
"""

from __future__ import annotations

import functools
import importlib
import os
import signal
import sys

from aitp_gym.cli import main

module_name, name, when, count = sys.argv[1:5]
owner = importlib.import_module(module_name)
*classes, attribute = name.split(".")
for part in classes:
    owner = getattr(owner, part)
function = getattr(owner, attribute)
calls = 0


@functools.wraps(function)
def deadly(*arguments: object, **named: object) -> object:
    """Count the calls, and die at the chosen one."""
    global calls
    calls += 1
    if calls == int(count) and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = function(*arguments, **named)
    if calls == int(count):
        os.kill(os.getpid(), signal.SIGKILL)
    return result


setattr(owner, attribute, deadly)
sys.argv = ["aitp", *sys.argv[5:]]
main()
