"""A policy that does harm on purpose. Runners import it by name; `test_runners.py` puts its folder on their path."""

import hashlib
import os
import signal
import time
from pathlib import Path

import psutil


class Saboteur:
    """Kills, stops or breaks its own process on the goals it is told to, and suggests fixed tactics otherwise.

    Args:
        deeds: from the conclusion of a goal to `die`, `exit`, `stop`, `spin` or `raise`; with ` once` added, only the
            first time that any process meets the goal.
        diary: a folder, where a file per conclusion gets a line with the process id for each visit.
        tactics: what to suggest, best first.
        watch: name of a prover's server; its children at the time of the deed are written to `watched` in the diary.
    """

    def __init__(self, deeds, diary, tactics=(), watch=None):
        self.versions = {"policy": "saboteur"}
        self.watch = watch
        self.deeds, self.diary, self.tactics = deeds, Path(diary), tactics

    def reset(self, seed):
        self.seed = seed

    def get_tactics(self, goals, premises, k):
        from aitp_gym.agents.policies.base import Suggestion

        for goal in goals:
            self.visit(goal.parts[0].conclusion)
        return [[Suggestion(tactic, -1.0) for tactic in self.tactics[:k]] for _ in goals]

    def visit(self, conclusion):
        page = self.diary / hashlib.sha256(conclusion.encode()).hexdigest()
        first = not page.exists()
        with page.open("a") as file:
            file.write(f"{os.getpid()}\n")
        deed, _, once = self.deeds.get(conclusion, "").partition(" ")
        if deed and (first or not once):
            if self.watch:
                servers = [p for p in psutil.process_iter(["name"]) if p.info["name"] == self.watch]
                children = [child.pid for server in servers for child in server.children()]
                with (self.diary / "watched").open("a") as file:
                    file.writelines(f"{pid}\n" for pid in children)
            getattr(self, f"do_{deed}")()

    def do_die(self):
        os.kill(os.getpid(), signal.SIGKILL)

    def do_exit(self):
        os._exit(3)

    def do_stop(self):
        os.kill(os.getpid(), signal.SIGSTOP)

    def do_spin(self):
        while True:
            time.perf_counter()

    def do_raise(self):
        raise ZeroDivisionError("sabotage")
