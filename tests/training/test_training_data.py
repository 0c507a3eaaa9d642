import numpy as np
import pytest
import torch
from training_store import phantom, write_store

from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.store.read import Snapshot
from training import data as training_data
from training.data import DiscData, disc_centre

SPEC = Preprocessing(height=32, width=48)
DOUBTFUL = 127


@pytest.fixture
def snapshot(tmp_path):
    images = [
        phantom(0, mask=True, point=True, split="train"),
        phantom(1, mask=False, point=True, split="train"),
        phantom(2, mask=True, split="train"),
        phantom(3, mask=True, empty=True, split="train"),
        phantom(4, mask=False, split="train"),
        phantom(5, split="val"),
    ]
    with Snapshot(write_store(tmp_path / "store.h5", images)) as opened:
        yield opened


def test_who_can_teach_what(snapshot):
    data = DiscData(snapshot, "train", SPEC)
    names = [entry.name for entry in data.entries]
    assert names == ["image00", "image01", "image02", "image03"]  # image04 says nothing
    assert [names[n] for n in data.located] == ["image00", "image01", "image02"]
    assert [names[n] for n in data.outlined] == ["image00", "image02", "image03"]


def test_the_centre_is_the_point_before_the_centroid(snapshot):
    point, centroid = snapshot.entries[0], snapshot.entries[2]
    assert disc_centre(snapshot, point) == snapshot.point(0, "OD")
    rows, columns = np.nonzero(snapshot.mask(2, "OD"))
    assert disc_centre(snapshot, centroid) == (columns.mean() + 0.5, rows.mean() + 0.5)
    assert disc_centre(snapshot, snapshot.entries[3]) is None


def test_an_example_lies_in_the_network_frame(snapshot):
    example = DiscData(snapshot, "train", SPEC).example(2)
    rows, columns = np.nonzero(example.mask[0].numpy())
    assert example.image.shape == example.mask.shape == (1, 32, 48)
    assert np.allclose((columns.mean() + 0.5, rows.mean() + 0.5), example.centre, atol=0.4)
    assert example.image[example.mask == 1].float().mean() > example.image.float().mean() + 50


def test_validation_batches_hold_every_image_once_in_order(snapshot):
    data = DiscData(snapshot, "train", SPEC)
    batches = list(data.batches(data.outlined, 2))
    assert [len(batch.image) for batch in batches] == [2, 1]
    images = torch.cat([batch.image for batch in batches])
    for position, image in zip(data.outlined, images, strict=True):
        assert torch.equal(image, data.example(position).image.float() / 255)


def test_what_does_not_fit_into_memory_is_read_again(snapshot, monkeypatch):
    kept = DiscData(snapshot, "train", SPEC)
    monkeypatch.setattr(training_data, "MEMORY", 2 * 32 * 48)  # one example
    lazy = DiscData(snapshot, "train", SPEC)
    lazy.prepare()
    for position in (0, 1, 2):
        assert torch.equal(lazy.example(position).image, kept.example(position).image)
    assert lazy.example(0) is lazy.example(0)
    assert lazy.example(1) is not lazy.example(1)
    assert kept.example(1) is kept.example(1)
