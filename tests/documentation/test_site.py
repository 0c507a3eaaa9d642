"""The whole site, built as `make docs` builds it: without a broken link, and without a word to another computer."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOADED = re.compile(r'<(?:script|img|iframe|link)[^>]*?(?:src|href)="((?:https?:)?//[^"]+)"')


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_site_builds_and_loads_nothing_from_elsewhere(tmp_path):
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--quiet",
        "--strict",
        "--site-dir",
        str(tmp_path / "site"),
    ]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    pages = [*(tmp_path / "site").rglob("*.html")]
    assert len(pages) > 35
    for page in pages:
        elsewhere = LOADED.findall(page.read_text("utf-8"))
        assert not elsewhere, f"{page.name} loads {elsewhere}"
    manual = (tmp_path / "manual.html").read_text("utf-8")
    ids = set(re.findall(r'\bid="([^"]+)"', manual))
    assert set(re.findall(r'href="#([^"]+)"', manual)) <= ids
