import hashlib
import json
import pickle

import pytest
import safetensors.torch
import torch

from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.networks.table import model_spec
from retina_studio.networks.weights import WeightsError, WeightsHeader, load_weights, save_weights

HEADER = WeightsHeader(
    stem="disc",
    size="compact",
    options={"filters": [2, 4], "dropout": 0.0},
    preprocessing=Preprocessing(8, 16, channels=1),
    stages=("localiser", "decoder"),
    metrics={"val_dice": 0.9},
    store_hash="ab",
    recipe={"seed": 1},
    software="0.1.0",
)


def _network(seed=0):
    torch.manual_seed(seed)
    return model_spec("disc", "compact").build(HEADER.preprocessing, HEADER.options)


def _saved(tmp_path, header=HEADER):
    path = tmp_path / "disc.safetensors"
    return path, save_weights(path, _network().state_dict(), header)


def test_weights_come_back_with_their_header_and_hash(tmp_path):
    path, digest = _saved(tmp_path)
    loaded = load_weights(path)
    assert loaded.hash == digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert loaded.header == HEADER
    assert not loaded.network.training
    expected = _network().eval()
    image = torch.rand(1, 1, 8, 16)
    assert torch.equal(loaded.network.segment(image), expected.segment(image))
    assert [p.name for p in tmp_path.iterdir()] == ["disc.safetensors"]


def test_the_same_weights_give_the_same_file(tmp_path):
    path, digest = _saved(tmp_path)
    assert save_weights(tmp_path / "again", _network().state_dict(), HEADER) == digest
    assert save_weights(path, _network(seed=1).state_dict(), HEADER) != digest


@pytest.mark.parametrize("keep", [0, 5, 100, 0.5, -1])
def test_a_truncated_file_is_refused(tmp_path, keep):
    path, _ = _saved(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: int(keep * len(data)) if isinstance(keep, float) else keep])
    with pytest.raises(WeightsError, match="not a whole safetensors file"):
        load_weights(path)


def test_a_pickle_is_refused_and_not_executed(tmp_path):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("executed",))

    path = tmp_path / "disc.safetensors"
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(WeightsError):
        load_weights(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(WeightsError, match="cannot be read"):
            load_weights(path)


def test_somebody_elses_safetensors_file_is_refused(tmp_path):
    path = tmp_path / "other.safetensors"
    safetensors.torch.save_file({"a": torch.zeros(1)}, path)
    with pytest.raises(WeightsError, match="not written by Retina Studio"):
        load_weights(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"stem": "other"}, "no model 'other'"),
        ({"options": {"filters": [4, 8], "dropout": 0.0}}, "does not fit"),
        ({"options": {"filters": [4000] * 8, "dropout": 0.0}}, "cannot be built"),
        ({"options": {"filters": "xy"}}, "cannot be built"),
        ({"options": {"danger": 1}}, "cannot be built"),
        ({"preprocessing": {"height": 8}}, "cannot be understood"),
        ({"preprocessing": {"height": 9, "width": 16, "channels": 1}}, "cannot be built"),
        ({"surprise": 1}, "cannot be understood"),
    ],
)
def test_a_header_that_lies_is_refused(tmp_path, change, message):
    path = tmp_path / "disc.safetensors"
    form = {**json.loads(HEADER.to_json()), **change}
    safetensors.torch.save_file(_network().state_dict(), path, {"retina_studio": json.dumps(form)})
    with pytest.raises(WeightsError, match=message):
        load_weights(path)


def test_a_full_disk_leaves_the_old_weights(tmp_path, monkeypatch):
    path, digest = _saved(tmp_path)
    monkeypatch.setattr("os.fsync", _no_space)
    with pytest.raises(OSError, match="No space"):
        save_weights(path, _network(seed=1).state_dict(), HEADER)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    assert [p.name for p in tmp_path.iterdir()] == ["disc.safetensors"]


def _no_space(_descriptor):
    raise OSError(28, "No space left on device")
