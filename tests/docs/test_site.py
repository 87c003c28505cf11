"""The documentation site."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.integration
@pytest.mark.timeout(600)
def test_the_site_builds_without_warnings_and_its_pages_load_nothing_from_elsewhere(tmp_path):
    pytest.importorskip("mkdocstrings", reason="mkdocstrings is not installed: pip install 'aitp-gym[docs]'")
    pytest.importorskip("material", reason="mkdocs-material is not installed: pip install 'aitp-gym[docs]'")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        # The line about MkDocs 2 is not about our pages.
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )
    assert done.returncode == 0, done.stderr
    pages = {str(path.relative_to(tmp_path)): path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.html")}
    # Packages below aitp_gym/ and mapped ones alike, with text of their docstrings.
    for page, anchor in (
        ("api/aitp_gym.envs.html", "aitp_gym.envs.proof_env.ProofEnv.expand"),
        ("api/aitp_gym.agents.html", "aitp_gym.agents.agent.SearchAgent.prove"),
        ("api/aitp_gym.search.html", "aitp_gym.search.best_first.BestFirst"),
    ):
        assert f'id="{anchor}"' in pages[page]
    assert "One theorem per episode; every action applies a tactic to an open goal." in pages["api/aitp_gym.envs.html"]
    loading = re.compile(r'<(?:script|img|iframe)[^>]*\ssrc="https?://|<link[^>]*rel="stylesheet"[^>]*href="https?://')
    assert [page for page, text in pages.items() if loading.search(text)] == []
