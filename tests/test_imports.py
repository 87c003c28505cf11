"""Importing is quick, loads nothing that is not needed, and goes one way."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAPPED = ("agents", "search", "training", "configs")
FOLDERS = [*MAPPED, *(path.name for path in sorted((ROOT / "aitp_gym").iterdir()) if path.is_dir())]

# What each part may import of the others, beside itself and `errors`.
MAY_IMPORT = {
    "proof": set(),
    "terms": {"proof"},
    "provers": {"proof", "terms", "theorems"},
    "theorems": {"proof", "terms"},
    "traces": {"proof"},
    "menus": {"proof"},
    "envs": {"proof", "provers", "theorems"},
    "search": {"proof"},
    "agents": {"proof", "terms", "search", "menus"},
    "evaluation": {"proof", "provers", "theorems", "traces", "menus", "envs", "search", "agents"},
    "experiments": {"proof", "theorems", "traces", "envs", "evaluation", "configs"},
    "training": {"proof", "provers", "theorems", "traces", "menus", "search", "agents"},
    "configs": set(),
    # What is measured, and what the command line starts, may be anything.
    "bench": None,
    "cli": None,
}

# Only for modules that need them: never on the way of `import aitp_gym`.
HEAVY = ("torch", "ray", "lightning", "wandb", "hydra", "pyarrow", "scipy")


def run(code: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=cwd, check=False)


def test_import_takes_less_than_half_a_second():
    code = "import time; t = time.perf_counter(); import aitp_gym; print(time.perf_counter() - t)"
    # The best of several: what the machine does besides is not the import's doing.
    assert min(float(run(code).stdout) for _ in range(5)) < 0.5


def test_import_loads_no_prover_and_nothing_behind_an_extra():
    loaded = run("import sys, aitp_gym; print(*sys.modules)").stdout.split()
    assert "aitp_gym.envs.registration" in loaded
    assert not [name for name in loaded if name.split(".")[0] in HEAVY]
    assert not [name for name in loaded if name.startswith("aitp_gym.provers.") and name != "aitp_gym.provers.base"]


def test_importing_twice_does_not_register_twice():
    code = "import importlib, aitp_gym; importlib.reload(aitp_gym)"
    result = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("name", MAPPED)
def test_a_mapped_folder_refuses_its_bare_name(name):
    result = run(f"import {name}", cwd=ROOT)
    assert result.returncode != 0
    assert f"import `aitp_gym.{name}`" in result.stderr.replace("\n", " ")


def imported_parts(path: Path, package: str) -> set[str]:
    """The parts of aitp_gym that a file imports when it is loaded or run; imports for type checkers do not count."""
    parts = set()
    pending: list[ast.AST] = [ast.parse(path.read_text(encoding="utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            pending.extend(node.orelse)
            continue
        pending.extend(ast.iter_child_nodes(node))
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            # `from aitp_gym import traces` names the part last.
            targets = [f"{module}.{alias.name}" for alias in node.names] if module == "aitp_gym" else [module]
        else:
            continue
        parts.update(target.split(".")[1] for target in targets if target.startswith("aitp_gym."))
    return parts


@pytest.mark.parametrize("part", [part for part, others in MAY_IMPORT.items() if others is not None])
def test_imports_go_one_way(part):
    folder = ROOT / part if part in MAPPED else ROOT / "aitp_gym" / part
    wrong = {}
    for path in sorted(folder.rglob("*.py")):
        package = ".".join(["aitp_gym", part, *path.relative_to(folder).parts[:-1]])
        extra = imported_parts(path, package) - MAY_IMPORT[part] - {part, "errors", "files", "text", "moved_names"}
        if extra:
            wrong[str(path.relative_to(ROOT))] = sorted(extra)
    assert not wrong


def test_every_part_has_a_rule():
    code = [name for name in FOLDERS if name in MAPPED or any((ROOT / "aitp_gym" / name).glob("*.py"))]
    assert sorted(set(code) - set(MAY_IMPORT)) == []
