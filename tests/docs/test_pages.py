"""Pages that say what the code says: environments, the command line, how to cite."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import gymnasium
import pytest
import yaml

import aitp_gym
from aitp_gym.envs import ProofEnv
from aitp_gym.errors import BadInput
from aitp_gym.menus import Menu
from aitp_gym.menus.goal_arrays import HashedGoal
from aitp_gym.proof import FAILURE_KINDS, Budget
from aitp_gym.provers.registry import environment, known
from aitp_gym.wrappers.presets import make_preset, preset_defaults, preset_id

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "environments"
OVERVIEW = PAGES / "index.md"
# What a factory decides: the rest of the arguments of `ProofEnv` can be given to `gymnasium.make`.
GIVEN = {"prover", "theorems", "budget", "close_prover"}


# The environment inside each preset for RL libraries.
PRESETS = {preset_id(one.id): one for spec in known() for one in spec.environments if one.preset is not None}


def ours() -> list[str]:
    """Ids of this package; others may have registered some too."""
    return sorted(
        name
        for name, spec in gymnasium.registry.items()
        if name.startswith("aitp/") and str(spec.entry_point).startswith("aitp_gym.")
    )


def page_of(env_id: str) -> Path:
    name, version = env_id.removeprefix("aitp/").rsplit("-", 1)
    assert version == "v0", f"{env_id}: give the page a section for each version, and this test a rule"
    return PAGES / f"{name.lower()}.md"


def section(page: Path, title: str) -> str:
    match = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert match, f"{page.name} has no section {title!r}"
    return match[1]


def rows(text: str) -> dict[str, str]:
    """First and second cell of the rows whose first cell is code."""
    return dict(re.findall(r"^\| `(\w+)` \| ([^|]*?) \|", text, re.MULTILINE))


def defaults(function: Callable[..., Any]) -> dict[str, str]:
    """Arguments with their defaults, as a page writes them."""
    parameters = inspect.signature(function).parameters.values()
    return {p.name: f"`{p.default!r}`" for p in parameters if p.default is not p.empty}


def test_every_environment_has_a_page_and_every_page_an_environment():
    assert {path.name for path in PAGES.glob("*.md")} - {OVERVIEW.name} == {page_of(env_id).name for env_id in ours()}


@pytest.mark.parametrize("env_id", ours())
def test_a_page_is_linked_named_after_its_id_and_has_every_section(env_id):
    page = page_of(env_id)
    text = page.read_text(encoding="utf-8")
    assert f"[`{env_id}`]({page.name})" in OVERVIEW.read_text(encoding="utf-8")
    assert text.startswith(f"# {env_id}\n")
    for title in ("Arguments", "Failures", "Versions", "Example"):
        section(page, title)
    assert f'"{env_id}"' in section(page, "Example")
    for row in ("Theorems", "Observation", "Action", "Check"):
        assert f"\n| {row} | " in text


@pytest.mark.parametrize("env_id", PRESETS)
def test_a_page_of_a_preset_has_its_arguments_and_sizes_and_leads_to_the_environment_inside(env_id):
    inside = PRESETS[env_id]
    page, page_inside = page_of(env_id), page_of(inside.id).name
    settings = preset_defaults(inside)
    expected = defaults(make_preset) | {name: f"`{value!r}`" for name, value in settings.items()}
    assert rows(section(page, "Arguments")) == expected
    assert f"({page_inside}#arguments)" in section(page, "Arguments")
    assert f"({page_inside}#failures)" in section(page, "Failures")
    num_slots = len(Menu.load(settings["menu"]).slots)
    (size,) = HashedGoal(settings["observation"]["buckets"], settings["observation"]["premises"]).shape
    spaces = f"`Dict(action_mask=Box(0, 1, ({num_slots},)), observations=Box(-16, 16, ({size},)))`"
    text = page.read_text(encoding="utf-8")
    assert f"| Observation | {spaces}" in text
    assert f"| Action | `Discrete({num_slots})`" in text


@pytest.mark.parametrize("env_id", sorted(set(ours()) - set(PRESETS)))
def test_a_page_has_the_arguments_of_its_environment_and_their_defaults(env_id):
    found = environment(env_id)
    expected = defaults(found.open) | {"max_tactics": f"`{found.max_tactics!r}`"}
    assert rows(section(page_of(env_id), "Arguments")) == expected


@pytest.mark.parametrize("env_id", sorted(set(ours()) - set(PRESETS)))
def test_a_page_explains_every_failure_or_says_that_it_cannot_occur(env_id):
    text = section(page_of(env_id), "Failures")
    missing = set(FAILURE_KINDS) - set(rows(text))
    assert set(rows(text)) <= set(FAILURE_KINDS)
    assert not missing or "The other kinds cannot occur" in text


def test_the_settings_of_every_environment_are_those_of_proof_env_and_the_limits():
    expected = {name: value for name, value in defaults(ProofEnv).items() if name not in GIVEN}
    expected |= {field.name: f"`{field.default!r}`" for field in fields(Budget) if field.name != "max_tactics"}
    assert rows(section(OVERVIEW, "Settings")) == expected
    with gymnasium.make("aitp/Propositional-v0", **{name: eval(text[1:-1]) for name, text in expected.items()}) as env:
        env.reset(seed=0)


def test_the_overview_explains_every_failure_limit_and_option():
    assert list(rows(section(OVERVIEW, "Failures"))) == list(FAILURE_KINDS)
    assert set(rows(section(OVERVIEW, "Budget"))) == {field.name for field in fields(Budget)}
    documented = list(rows(section(OVERVIEW, "reset")))
    with gymnasium.make("aitp/Propositional-v0") as env:
        env.reset(options={"theorem": "p -> p", "budget": {"max_tactics": 1}})
        with pytest.raises(BadInput, match=re.escape(str(documented))):
            env.reset(options={"no such option": 1})


def test_the_overview_explains_every_entry_of_info():
    documented = rows(section(OVERVIEW, "info"))
    always = {key for key, when in documented.items() if when == "always"}
    with gymnasium.make("aitp/Propositional-v0") as env:
        _, at_reset = env.reset(options={"theorem": "p -> p"})
        *_, under_way = env.step({"goal": 0, "tactic": "intro"})
        *_, proved = env.step({"goal": 0, "tactic": "assumption"})
    assert set(under_way) == always
    assert set(at_reset) == always | {"versions"}
    assert set(proved) == always | {"status", "reason", "proof", "verdict"}
    assert set(documented) == set(at_reset) | set(proved) | {"fault"}


def test_the_page_of_the_command_line_is_what_the_commands_say():
    done = subprocess.run([sys.executable, "scripts/cli_page.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_command_has_an_example():
    text = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for heading, body in re.findall(r"^##+ `(aitp [^`]+)`$(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL):
        assert "**Commands**" in body or f"```sh\n{heading}" in body, f"`{heading}` has no example (epilog)"


def test_the_citation_has_what_the_format_requires_and_the_version_of_the_project():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(citation)
    assert all("name" in author or "family-names" in author for author in citation["authors"])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert citation["version"] == project["version"] == aitp_gym.__version__


def test_the_changelog_begins_with_what_is_not_released():
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "[Unreleased]"
