"""A prover is one plug: named in few places here, and added from outside by any distribution."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import gymnasium
import pytest

from aitp_gym.discovery import when_a_name_is_unknown
from aitp_gym.envs.registration import make_env
from aitp_gym.errors import UnknownName
from aitp_gym.menus import Menu
from aitp_gym.proof import Theorem
from aitp_gym.provers import registry
from aitp_gym.provers.spec import ProverSpec
from aitp_gym.theorems import canaries, load

ROOT = Path(__file__).parents[2]
TOY = Path(__file__).parent / "toy" / "counter_prover"
BUILT_IN = registry.known()
# How a prover's folder is called, and its name wherever it stands: in code, comments or messages.
NAMES = {
    "hol4": r"(?i)hol_?4",
    "hollight": r"(?i)hol[ _]?light|holist",
    "lean": r"\bLean|\bLEAN|(?i:leandojo)|\blean_|[\"'`/.]lean\b",
    "propositional": r"(?i)propositional",
}
Run = Callable[..., subprocess.CompletedProcess[str]]


# -- the provers that come with aitp-gym ------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", NAMES)
def test_a_prover_is_named_in_at_most_four_files_outside_its_folder(folder):
    home = ROOT / "aitp_gym" / "provers" / folder
    places = [ROOT / name for name in ("aitp_gym", "agents", "search", "training", "configs")]
    files = [file for place in places for file in place.rglob("*.py") if home not in file.parents]
    naming = [str(file.relative_to(ROOT)) for file in files if re.search(NAMES[folder], file.read_text("utf-8"))]
    assert "aitp_gym/provers/registry.py" in naming
    assert len(naming) <= 4, naming


def test_every_folder_of_a_prover_is_counted():
    folders = {path.parent.name for path in (ROOT / "aitp_gym" / "provers").glob("*/spec.py")}
    assert folders == set(NAMES)


@pytest.mark.parametrize("spec", BUILT_IN, ids=lambda spec: spec.name)
def test_what_a_spec_names_is_there(spec: ProverSpec):
    assert registry.find(spec.name) is spec
    assert spec in registry.with_prover(spec.prover)
    assert spec.status().name == spec.name
    assert all(registry.environment(one.id) is one for one in spec.environments)
    assert spec.canaries is None or spec.canaries.is_file()
    for menu in (spec.default_menu, spec.one_step_menu):
        assert menu is None or Menu.load(menu).prover == spec.prover


@pytest.mark.integration
@pytest.mark.parametrize("spec", [spec for spec in BUILT_IN if spec.figures], ids=lambda spec: spec.name)
def test_a_provers_figures_are_those_that_it_names(spec: ProverSpec):
    assert spec.figures is not None
    if not spec.status().ready:
        pytest.skip(f"{spec.name} is not ready: {spec.status().message}")
    figures = dict(spec.figures.measure(0.1))
    if spec.figures.measure_env is not None:
        figures |= spec.figures.measure_env(lambda env_id: gymnasium.make(env_id).unwrapped)
    assert set(figures) == set(spec.figures.names)
    assert all(value > 0 for value in figures.values())


def test_unknown_names_are_answered_with_those_there_are():
    with pytest.raises(UnknownName, match="no prover 'coq'; known: propositional, hollight, hol4, lean, leandojo"):
        registry.find("coq")
    with pytest.raises(UnknownName, match="no environment 'aitp/Coq-v0'; known: aitp/HOL4-v0"):
        registry.environment("aitp/Coq-v0")
    assert registry.with_prover("coq") == []


# -- provers of other distributions -----------------------------------------------------------------------------------


def install(folder: Path, distribution: str, *entry_points: str) -> None:
    """What an installer leaves of a distribution that adds provers, but for its packages."""
    info = folder / f"{distribution}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("\n".join(("[aitp_gym.provers]", *entry_points, "")))


@pytest.fixture
def installed(tmp_path) -> Path:
    """A place for packages with the toy prover in it."""
    folder = tmp_path / "site-packages"
    shutil.copytree(TOY, folder / "counter_prover", ignore=shutil.ignore_patterns("__pycache__"))
    install(folder, "counter", "counter = counter_prover.spec:SPEC")
    return folder


@pytest.fixture
def python(installed, tmp_path) -> Run:
    """Runs Python with the toy prover installed, in a folder of its own."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        work = tmp_path / "work"
        work.mkdir(exist_ok=True)
        environment = {**os.environ, "PYTHONPATH": str(installed)}
        return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd=work, env=environment)

    return run


def test_a_prover_from_outside_goes_through_the_loop(python, tmp_path):
    done = python(
        *("-m", "aitp_gym.cli", "run", "--config-name=quickstart", "exp_config.directory=run"),
        *("env_config.id=aitp/Counter-v0", "env_config.theorem_set=counter-small", "num_iterations=1"),
        *("tac_model=fixed_order", "tac_model.menu=counter", "train=none", "baselines=[]", "num_workers=0"),
        *("num_valid_theorems=10", "logging_config.id=null"),
    )
    assert done.returncode == 0, done.stderr
    report = json.loads((tmp_path / "work" / "run" / "report.json").read_text())
    [valid] = [entry for entry in report["iterations"] if entry["split"] == "valid"]
    assert (valid["proved"], valid["attempted"]) == (10, 10)
    assert report["canaries_proved"] == 0


def test_everything_of_a_prover_from_outside_is_found_by_its_name_and_nothing_is_loaded_before(python):
    done = python(
        *("-W", "error", "-c"),
        "import sys, aitp_gym, gymnasium\n"
        "from aitp_gym.envs.registration import make_env\n"
        "from aitp_gym.menus import Menu, menu_names\n"
        "from aitp_gym.theorems import canaries, load\n"
        "gymnasium.make('aitp/Propositional-v0').close(); Menu.load('propositional')\n"
        "assert not [name for name in sys.modules if name.startswith('counter_prover')]\n"
        "assert len(load('counter-small')) == 78\n"
        "assert Menu.load('counter').prover == 'counter' and 'counter' in menu_names()\n"
        "with make_env('aitp/Counter-v0', {'max_tactics': 8}) as env:\n"
        "    assert len(canaries(env.prover)) == 2\n"
        "    env.reset(options={'theorem': '3 => 7'})\n"
        "    for tactic in ('double', 'increment', 'stop'):\n"
        "        *_, terminated, truncated, info = env.step({'goal': 0, 'tactic': tactic})\n"
        "    assert terminated and info['verdict'].accepted\n",
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_doctor_has_a_line_for_each_prover_from_outside_and_for_each_plug_that_cannot_be_used(python, installed):
    (installed / "faulty.py").write_text("raise SystemExit('goodbye')\n")
    (installed / "vain.py").write_text(
        "from dataclasses import replace\n"
        "from aitp_gym.provers.registry import find\n"
        "from counter_prover.spec import SPEC\n"
        "TEXT = 'a prover'\n"
        "THIEF = replace(SPEC, name='hol4')\n"
        "SQUATTER = replace(SPEC, name='squatter', environments=find('hol4').environments)\n"
        "def no_idea():\n"
        "    raise RuntimeError('no idea')\n"
        "CLUELESS = replace(SPEC, name='clueless', environments=(), status=no_idea)\n"
    )
    install(installed, "faulty", "missing = no_such_module:SPEC", "leaving = faulty:SPEC", "lean = no_such_module:SPEC")
    install(
        *(installed, "vain", "text = vain:TEXT", "thief = vain:THIEF", "squatter = vain:SQUATTER"),
        "clueless = vain:CLUELESS",
    )
    done = python("-m", "aitp_gym.cli", "doctor", "--json")
    assert done.returncode == 0, done.stderr
    states = json.loads(done.stdout)
    for spec in BUILT_IN:
        assert states[spec.name]["message"] == spec.status().message
    assert states["counter"]["ready"] is True
    expected = {
        "missing": ("faulty 1.0", "No module named 'no_such_module'"),
        "lean of faulty 1.0": ("faulty 1.0", "No module named 'no_such_module'"),
        "leaving": ("faulty 1.0", "SystemExit: goodbye"),
        "text": ("vain 1.0", "expected a ProverSpec, got 'a prover'"),
        "thief": ("vain 1.0", "there is a prover 'hol4' already"),
        "squatter": ("vain 1.0", "another prover has the environment id aitp/HOL4-v0 already"),
        "clueless": ("Its state is unknown", "RuntimeError: no idea"),
    }
    for name, parts in expected.items():
        assert states[name]["ready"] is False
        assert all(part in states[name]["message"] for part in parts), states[name]


@pytest.mark.parametrize(
    "ask",
    [
        lambda: load("counter-small"),
        lambda: Menu.load("counter"),
        lambda: canaries(FakeParser("counter")),
        lambda: registry.find("counter"),
        lambda: registry.environment("aitp/Counter-v0"),
        lambda: make_env("aitp/Counter-v0", {}),
    ],
    ids=["load", "Menu.load", "canaries", "find", "environment", "make_env"],
)
def test_a_name_that_is_unknown_here_is_looked_for_outside(ask):
    looked = []
    when_a_name_is_unknown(lambda: looked.append(1))
    with pytest.raises(UnknownName, match=r"(?i)counter"):
        ask()
    assert looked == [1]


class FakeParser:
    def __init__(self, name: str) -> None:
        self.name = name

    def parse(self, statement: str) -> Theorem:
        raise AssertionError("a prover without canaries is asked to read none")
