"""What every test shares."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"

from retina_studio.study.study import Study


@pytest.fixture(autouse=True)
def _own_user_data(tmp_path_factory, monkeypatch):
    """No test reads or writes the person's own settings and weights."""
    home = tmp_path_factory.mktemp("home")
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(variable, str(home))


@pytest.fixture
def real_data() -> Path:
    """The folder of real images, or a skip that says so: it is not part of the repository."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not (folder / "DATA.md").is_file():
        pytest.skip("the real images (a folder shared/data beside the checkout) are not here")
    return folder


@pytest.fixture
def study(tmp_path):
    """An empty study."""
    made = Study.create(tmp_path / "study")
    yield made
    made.close()
