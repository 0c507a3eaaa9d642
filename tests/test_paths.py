"""Resources are found in a checkout, in an installed wheel and in a frozen application."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from retina_studio import paths

ROOT = Path(__file__).resolve().parents[1]


def test_in_a_checkout():
    assert paths.resources() == ROOT / "resources"


def test_in_a_frozen_application(tmp_path, monkeypatch):
    (tmp_path / "resources").mkdir()
    (tmp_path / "resources" / "labels.toml").touch()
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert paths.resources() == tmp_path / "resources"


def test_an_incomplete_installation_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path / "site-packages" / "retina_studio")
    with pytest.raises(FileNotFoundError, match="install the application again"):
        paths.resources()


def test_in_a_wheel(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "site")
    assert "training/recipes/disc-compact.toml" in names
    assert "retina_studio/study/migrations/versions/0001_the_first_tables.py" in names
    assert not any(name.startswith(("tests/", "docs/")) for name in names)
    probe = (
        "from retina_studio import paths; from retina_studio.domain.labels import catalogue; "
        "print(paths.__file__, paths.resources(), len(catalogue()))"
    )
    said = subprocess.run(
        [sys.executable, "-c", probe],
        cwd=tmp_path / "site",  # first on the path of `python -c`
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert said[0].startswith(str(tmp_path))
    assert said[1] == str(tmp_path / "site" / "retina_studio" / "resources")
    assert int(said[2]) == 15


def test_user_data_is_the_persons_own():
    folder = paths.user_data()
    assert folder.is_dir()
    assert folder.stat().st_mode & 0o077 == 0


def test_training_is_a_module_of_this_python_or_a_program_beside_the_frozen_one(monkeypatch, tmp_path):
    assert paths.training_command() == [sys.executable, "-m", "training"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "retina-studio"))
    assert paths.training_command() == [str(tmp_path / "retina-train")]
    monkeypatch.setattr(sys, "executable", str(tmp_path / "retina-studio.exe"))
    assert paths.training_command() == [str(tmp_path / "retina-train.exe")]
