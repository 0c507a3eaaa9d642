import hashlib
import json
import pickle

import pytest
import safetensors.torch
import torch

from retina_studio.networks.postprocess import PLAIN, Postprocess
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
    postprocess=Postprocess(thresholds={"OD": 0.4}, temperatures={"glaucoma": 1.4}),
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
        ({"postprocess": {"colour": {}}}, "cannot be understood"),
        ({"postprocess": {"thresholds": {"OD": 1.5}}}, "cannot be understood"),
        ({"postprocess": [1]}, "cannot be understood"),
        ({"recipe": {"note": "x" * 2**20}}, "too large"),
    ],
)
def test_a_header_that_lies_is_refused(tmp_path, change, message):
    path = tmp_path / "disc.safetensors"
    form = {**json.loads(HEADER.to_json()), **change}
    safetensors.torch.save_file(_network().state_dict(), path, {"retina_studio": json.dumps(form)})
    with pytest.raises(WeightsError, match=message):
        load_weights(path)


def test_a_header_that_is_nested_without_end_is_refused(tmp_path):
    path = tmp_path / "disc.safetensors"
    safetensors.torch.save_file(_network().state_dict(), path, {"retina_studio": "[" * 100_000})
    with pytest.raises(WeightsError, match="cannot be understood"):
        load_weights(path)


def test_a_header_that_claims_to_be_huge_is_refused(tmp_path):
    path = tmp_path / "disc.safetensors"
    for length in (2**40, 2**63):
        path.write_bytes(length.to_bytes(8, "little") + b"{" * 100)
        with pytest.raises(WeightsError, match="not a whole safetensors file"):
            load_weights(path)


def test_a_header_of_before_there_were_thresholds_is_read(tmp_path):
    path = tmp_path / "disc.safetensors"
    form = json.loads(HEADER.to_json())
    del form["postprocess"]
    safetensors.torch.save_file(_network().state_dict(), path, {"retina_studio": json.dumps(form)})
    assert load_weights(path).header.postprocess == PLAIN


@pytest.mark.parametrize("place", ["encoder.levels.0.0.weight", "encoder.levels.0.1.running_var"])
@pytest.mark.parametrize("poison", [torch.nan, torch.inf])
def test_what_is_no_number_is_refused(tmp_path, place, poison):
    path, tensors = tmp_path / "disc.safetensors", _network().state_dict()
    tensors[place].view(-1)[-1] = poison
    save_weights(path, tensors, HEADER)
    with pytest.raises(WeightsError, match="no numbers"):
        load_weights(path)


def test_half_precision_takes_half_the_room_and_comes_back_as_single(tmp_path):
    row = model_spec("disc", "compact")
    header = WeightsHeader("disc", "compact", row.options, row.preprocessing)
    network = row.build()
    network.encoder.levels[0][1].running_var.fill_(1e6)  # beyond half precision, which ends at 65,504
    tensors = network.state_dict()
    save_weights(tmp_path / "single", tensors, header)
    digest = save_weights(tmp_path / "half", tensors, header, half=True)
    sizes = [(tmp_path / name).stat().st_size for name in ("single", "half")]
    assert sizes[1] < 0.55 * sizes[0]
    loaded = load_weights(tmp_path / "half")
    assert loaded.hash == digest
    for name, tensor in loaded.network.state_dict().items():
        assert tensor.dtype == tensors[name].dtype
        if name in dict(network.named_parameters()):
            assert torch.allclose(tensor, tensors[name], rtol=2**-10, atol=2**-24)
        else:
            assert torch.equal(tensor, tensors[name])


@pytest.mark.parametrize("value", [1e5, 1e-9])
def test_a_tensor_that_half_precision_would_lose_stays_single(tmp_path, value):
    tensors = _network().state_dict()
    tensors["decoder.out.weight"].fill_(value)
    save_weights(tmp_path / "half", tensors, HEADER, half=True)
    stored = safetensors.torch.load_file(tmp_path / "half")
    assert stored["decoder.out.weight"].dtype == torch.float32
    assert stored["decoder.out.bias"].dtype == torch.float16
    weight = load_weights(tmp_path / "half").network.decoder.out.weight
    assert torch.equal(weight, tensors["decoder.out.weight"])


def test_a_full_disk_leaves_the_old_weights(tmp_path, monkeypatch):
    path, digest = _saved(tmp_path)
    monkeypatch.setattr("os.fsync", _no_space)
    with pytest.raises(OSError, match="No space"):
        save_weights(path, _network(seed=1).state_dict(), HEADER)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    assert [p.name for p in tmp_path.iterdir()] == ["disc.safetensors"]


def _no_space(_descriptor):
    raise OSError(28, "No space left on device")
