"""A small snapshot and a tiny recipe."""

import pytest
import torch
from training_store import TINY, phantom, write_store


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """30 images: 18 train (12 with a mask, 6 with a point only), 6 val, 6 test, all of the latter with masks."""
    images = [phantom(n, mask=n % 5 > 1, point=n % 5 <= 2) for n in range(30)]
    images[::5] = [phantom(n) for n in range(0, 30, 5)]
    return write_store(tmp_path_factory.mktemp("store") / "store.h5", images)


@pytest.fixture
def recipe(tmp_path):
    path = tmp_path / "tiny.toml"
    path.write_text(TINY, "utf-8")
    return path
