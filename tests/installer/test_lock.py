"""The locked requirements: whole, hashed, and what pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path

import lock
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
_ENTRY = re.compile(r"^(\S+)==(\S+) \\\n    --hash=sha256:([0-9a-f]{64})$", re.MULTILINE)


@pytest.fixture(scope="module")
def locked():
    text = (ROOT / "installer/requirements.lock").read_text("utf-8")
    entries = _ENTRY.findall(text)
    rest = [line for line in _ENTRY.sub("", text).splitlines() if line and not line.startswith("#")]
    assert rest == []
    return {canonicalize_name(name): version for name, version, _ in entries}


def test_every_requirement_is_locked_to_a_version_that_it_allows(locked):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [text for extra in lock.EXTRAS.split(",") for text in project["optional-dependencies"][extra]]
    wanted = [Requirement(text) for text in [*project["dependencies"], *extras]]
    wanted = [
        need for need in wanted if need.marker is None or need.marker.evaluate({"python_version": "3.11"})
    ]
    wrong = [
        str(need)
        for need in wanted
        if not need.specifier.contains(locked.get(canonicalize_name(need.name), "0"))
    ]
    assert wrong == []
    assert len(locked) > len(wanted)


def test_writes_names_in_order_with_hashes_and_leaves_the_project_out():
    def entry(name, version, **archive):
        return {"metadata": {"name": name, "version": version}, "download_info": archive}

    text = lock.lock_of(
        [
            entry("zlib-ng", "1.0", archive_info={"hashes": {"sha256": "b" * 64}}),
            entry("retina-studio", "1.0.0", dir_info={}),
            entry("Alembic", "1.2", archive_info={"hashes": {"sha256": "a" * 64}}),
        ],
        "a machine",
    )
    assert [match[:2] for match in _ENTRY.findall(text)] == [("alembic", "1.2"), ("zlib-ng", "1.0")]
    assert "retina-studio==" not in text
    assert "on a machine" in text
