"""What the project says about itself has to hold: packages, entry points, pinned versions."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
MAPPED = PROJECT["tool"]["setuptools"]["package-dir"]


def folder(package: str) -> Path:
    for name in sorted(MAPPED, key=len, reverse=True):
        if package == name or package.startswith(name + "."):
            return ROOT / MAPPED[name] / package[len(name) :].strip(".").replace(".", "/")
    raise AssertionError(f"{package} lies below no mapped folder")


def test_every_package_folder_is_installed():
    listed = {folder(package) for package in PROJECT["tool"]["setuptools"]["packages"]}
    present = {init.parent for name in MAPPED.values() for init in (ROOT / name).rglob("__init__.py")}
    assert listed == present


def test_every_data_file_is_installed():
    data = PROJECT["tool"]["setuptools"]["package-data"]
    installed = {file for package, patterns in data.items() for p in patterns for file in folder(package).glob(p)}
    present = {
        file
        for name in MAPPED.values()
        for file in (ROOT / name).rglob("*")
        if file.is_file() and file.suffix not in (".py", ".pyc")
    }
    assert present - installed == set()


@pytest.mark.parametrize("name", ["gymnasium", "ray", "torch", "lightning", "pyarrow", "numpy", "hydra-core"])
def test_constraints_pin_one_version_of_what_matters(name):
    pins = re.findall(rf"^{re.escape(name)}==(\S+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    assert len(pins) == 1
