"""Importing is quick, loads nothing that is not needed, and goes one way."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAPPED = ("agents", "search", "training", "configs")
FOLDERS = [*MAPPED, *(path.name for path in sorted((ROOT / "aitp_gym").iterdir()) if path.is_dir())]

# The ground floor: for all.
GROUND = {"cache", "errors", "exclusive_use", "files", "discovery", "moved_names", "text", "wandb_run", "__version__"}
# What each part may import of the others, beside itself and the ground floor.
MAY_IMPORT = {
    "proof": set(),
    "terms": {"proof"},
    "provers": {"proof", "terms", "theorems", "traces", "menus"},
    "theorems": {"proof", "terms"},
    "traces": {"proof"},
    "menus": {"proof", "terms"},
    "envs": {"proof", "provers", "theorems"},
    "serve": {"proof", "theorems", "envs"},
    "wrappers": {"proof", "terms", "theorems", "menus", "traces", "provers", "envs", "search"},
    "search": {"proof"},
    "agents": {"proof", "terms", "search", "menus"},
    "evaluation": {"proof", "terms", "provers", "theorems", "traces", "menus", "envs", "search", "agents"},
    "experiments": {"proof", "theorems", "traces", "envs", "agents", "evaluation", "configs"},
    "training": {"proof", "terms", "envs", "provers", "theorems", "traces", "menus", "search", "agents"},
    "configs": set(),
    # What is measured, and what the command line starts, may be anything.
    "bench": None,
    "cli": None,
}

# Only for modules that need them: never on the way of `import aitp_gym`.
HEAVY = ("torch", "ray", "lightning", "stable_baselines3", "sb3_contrib", "wandb", "hydra", "pyarrow", "scipy")


def run(code: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=cwd, check=False)


def test_import_takes_less_than_half_a_second():
    # CPU time, and the best of several: what the machine does besides is not the import's doing.
    code = "import time; t = time.process_time(); import aitp_gym; print(time.process_time() - t)"
    assert min(float(run(code).stdout) for _ in range(5)) < 0.5


def test_import_loads_no_prover_and_nothing_behind_an_extra():
    loaded = run("import sys, aitp_gym; print(*sys.modules)").stdout.split()
    assert "aitp_gym.envs.registration" in loaded
    assert not [name for name in loaded if name.split(".")[0] in HEAVY]
    # Of a prover nothing but its plug, and the folders that this is in.
    provers = {name for name in loaded if name.startswith("aitp_gym.provers.")}
    plugs = {name for name in provers if name.endswith(".spec") and name.count(".") > 2}
    shared = {f"aitp_gym.provers.{name}" for name in ("base", "registry", "spec", "status")}
    assert provers - shared == plugs | {name.removesuffix(".spec") for name in plugs}
    assert "aitp_gym.provers.hol4.spec" in plugs


def test_importing_twice_does_not_register_twice():
    code = "import importlib, aitp_gym; importlib.reload(aitp_gym)"
    result = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("name", MAPPED)
def test_a_mapped_folder_refuses_its_bare_name(name):
    result = run(f"import {name}", cwd=ROOT)
    assert result.returncode != 0
    assert f"import `aitp_gym.{name}`" in result.stderr.replace("\n", " ")


# Strings that name a module or something in it, with or without arguments in braces.
MODULE_NAME = re.compile(r"aitp_gym(\.\w+)+(:\w+)?")
RELATIVE_NAME = re.compile(r"\.+\w*(\.\w+)*(:\w+)?")
BY_NAME = {"import_module", "__import__", "resolve_name", "find_spec"}


def absolute(name: str, level: int, package: str) -> str:
    """The full name of a module that code in a package calls `name`, with so many dots before it."""
    if not level:
        return name
    return ".".join([*package.split(".")[: len(package.split(".")) - level + 1], *([name] if name else [])])


def text_of(node: ast.AST) -> str | None:
    """The text of a string constant or f-string, with `_` for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "_" for part in node.values)
    return None


def named_modules(node: ast.AST, package: str) -> list[str]:
    """Modules that a node imports, or names in a string."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        module = absolute(node.module or "", node.level, package)
        # `from aitp_gym import traces` names the part last.
        return [f"{module}.{alias.name}" for alias in node.names] if module == "aitp_gym" else [module]
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        name = text_of(node.args[0]) if called in BY_NAME and node.args else None
        if name is not None and RELATIVE_NAME.fullmatch(name):
            return [absolute(name.lstrip("."), len(name) - len(name.lstrip(".")), package)]
        return []
    name = text_of(node)
    return [name.partition(":")[0]] if name is not None and MODULE_NAME.fullmatch(name) else []


def imported_parts(code: str, package: str) -> set[str]:
    """The parts of aitp_gym that code imports when it is loaded or run, in statements or by strings that name modules.

    Imports for type checkers do not count.
    """
    parts = set()
    pending: list[ast.AST] = [ast.parse(code)]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            pending.extend(node.orelse)
            continue
        pending.extend(ast.iter_child_nodes(node))
        targets = named_modules(node, package)
        parts.update(target.split(".")[1] for target in targets if target.startswith("aitp_gym."))
    return parts


@pytest.mark.parametrize(
    "code",
    [
        "from ..envs import ProofEnv",
        "from ..envs.proof_env import ProofEnv",
        "from aitp_gym import envs",
        "import aitp_gym.envs.spaces",
        "def later():\n    from ..envs import ProofEnv",
        "TARGET = 'aitp_gym.envs.proof_env.ProofEnv'",
        "ENTRY_POINT = 'aitp_gym.envs.registration:make'",
        "import_module(f'aitp_gym.envs.{name}')",
        "importlib.import_module('..envs.registration', __package__)",
    ],
)
def test_an_import_is_noticed_however_it_is_written(code):
    assert imported_parts(code, "aitp_gym.theorems") == {"envs"}


@pytest.mark.parametrize(
    "code",
    [
        "if TYPE_CHECKING:\n    from ..envs import ProofEnv",
        "MESSAGE = 'See aitp_gym.envs.registration.'",
        "from .theorem_set import TheoremSet",
        "import_module('.files', __package__)",
    ],
)
def test_what_imports_nothing_of_another_part_is_not_noticed(code):
    assert imported_parts(code, "aitp_gym.theorems") <= {"theorems"}


@pytest.mark.parametrize("part", [part for part, others in MAY_IMPORT.items() if others is not None])
def test_imports_go_one_way(part):
    folder = ROOT / part if part in MAPPED else ROOT / "aitp_gym" / part
    wrong = {}
    for path in sorted(folder.rglob("*.py")):
        package = ".".join(["aitp_gym", part, *path.relative_to(folder).parts[:-1]])
        extra = imported_parts(path.read_text(encoding="utf-8"), package) - MAY_IMPORT[part] - {part} - GROUND
        if extra:
            wrong[str(path.relative_to(ROOT))] = sorted(extra)
    assert not wrong


def test_every_part_has_a_rule():
    code = [name for name in FOLDERS if name in MAPPED or any((ROOT / "aitp_gym" / name).glob("*.py"))]
    assert sorted(set(code) - set(MAY_IMPORT)) == []
