"""Pages of the documentation site that are made from the tree, as a hook of MkDocs (see `mkdocs.yml`)."""

from __future__ import annotations

import ast
import tempfile
import tomllib
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
PACKAGE_DIR: dict[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-dir"]
# Where a user finds what belongs to the package but is no page of docs/.
FROM_ROOT = {"index.md": "README.md", "contributing.md": "CONTRIBUTING.md", "changelog.md": "CHANGELOG.md"}

_installed = tempfile.TemporaryDirectory(prefix="aitp-docs-")


@event_priority(100)  # before mkdocstrings reads its paths
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Show mkdocstrings the packages as they are when installed, and list a page of the API for each of them."""
    _link_packages(Path(_installed.name))
    config.plugins["mkdocstrings"].config.handlers["python"]["paths"] = [_installed.name]
    config.watch.extend(str(ROOT / folder) for folder in PACKAGE_DIR.values())
    assert config.nav is not None
    config.nav.append({"API": [{name: f"api/{name}.md"} for name in _packages()]})
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the pages that lie outside docs/ and those of the API."""
    for page, source in FROM_ROOT.items():
        text = (ROOT / source).read_text(encoding="utf-8")
        for other, other_source in FROM_ROOT.items():
            text = text.replace(f"]({other_source})", f"]({other})")
        files.append(File.generated(config, page, content=text.replace("](docs/", "](")))
    for package, modules in _packages().items():
        files.append(File.generated(config, f"api/{package}.md", content=_api_page(package, modules)))
    return files


def _link_packages(site: Path) -> None:
    """Make a folder in which `aitp_gym` has the mapped folders inside it, as in an installed wheel."""
    (site / "aitp_gym").mkdir(exist_ok=True)
    for name, folder in PACKAGE_DIR.items():
        inside = site / name.replace(".", "/")
        for entry in [ROOT / folder] if "." in name else (ROOT / folder).iterdir():
            link = inside if "." in name else inside / entry.name
            if not link.exists():
                link.symlink_to(entry, target_is_directory=entry.is_dir())


def _packages() -> dict[str, list[str]]:
    """Packages with public names, and their modules that have some."""
    found: dict[str, list[str]] = {}
    for name, folder in PACKAGE_DIR.items():
        for path in sorted((ROOT / folder).rglob("*.py")):
            package = ".".join([name, *path.relative_to(ROOT / folder).parts[:-1]])
            if path.stem.startswith("_") or not _exports(path):
                continue
            found.setdefault(package, []).append(f"{package}.{path.stem}")
    return dict(sorted(found.items()))


def _exports(path: Path) -> bool:
    """Whether a module says with `__all__` that it has public names."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    targets = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    return any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets)


def _api_page(package: str, modules: list[str]) -> str:
    head = f"# {package}\n\n::: {package}\n    options:\n      members: false\n      show_root_heading: false\n"
    return head + "".join(f"\n::: {module}\n" for module in modules)
