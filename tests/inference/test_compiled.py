import socket
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn
from weights_examples import disc_network, disc_weights, photograph

from retina_studio.inference.compiled import Compiled, compiled, standing_in
from retina_studio.inference.predictor import Predictor
from retina_studio.networks.table import MODELS

module, predictor_module = (sys.modules[c.__module__] for c in (Compiled, Predictor))
pytest.importorskip("openvino", reason="the extra `fast` is not installed")
ROWS = [row for row in MODELS if row.size == "compact"]


class GaveUpError(Exception):
    pass


def _network(row, side=64):
    torch.manual_seed(0)
    small = replace(row.preprocessing, height=side, width=96 if row.stem == "disc" else side)
    network = row.build(small, row.options).eval().requires_grad_(False)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):  # as after training, not the identity
            layer.running_mean.normal_(0, 0.1)
            layer.running_var.uniform_(0.5, 1.5)
    return network, (small.channels, small.height, small.width)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.stem)
def test_what_is_compiled_answers_as_the_network_does_and_opens_no_connection(row, monkeypatch):
    opened = []

    def refused(*args, **_kwargs):
        opened.append(args)
        raise OSError("no connection is to be opened")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "create_connection", refused)
    network, shape = _network(row)
    fast = Compiled(network, shape)
    for seed in range(2):
        image = torch.rand(1, *shape, generator=torch.Generator().manual_seed(seed))
        expected, found = network(image), fast(image)
        assert expected.keys() == found.keys()
        for name, answer in expected.items():
            assert found[name].dtype == torch.float32
            assert torch.allclose(found[name], answer.float(), atol=1e-4), name
    assert opened == []  # a report of use would swallow the error


def test_another_size_is_refused():
    network, shape = _network(ROWS[0])
    with pytest.raises(RuntimeError):
        Compiled(network, shape)(torch.rand(1, shape[0], shape[1] * 2, shape[2]))


def test_it_can_be_given_up_and_goes_on_afterwards():
    row = next(row for row in ROWS if row.stem == "lesion")
    network, shape = _network(row, side=256)
    fast, image = Compiled(network, shape), torch.rand(1, *shape)
    fast.wait_ms = 0  # however quick the machine is, it is asked

    def give_up():
        raise GaveUpError

    fast.check = give_up
    with pytest.raises(GaveUpError):
        fast(image)
    fast.check = lambda: None
    assert torch.allclose(fast(image)["lesions"], network(image)["lesions"], atol=1e-4)


def test_it_stands_in_only_for_a_while():
    network, shape = _network(ROWS[0])
    fast, image = (lambda _: {"said": 1}), torch.rand(1, *shape)
    with standing_in(network, fast, lambda: None):
        assert network(image) == {"said": 1}
    assert "said" not in network(image)
    assert "forward" not in vars(network)


@pytest.mark.parametrize("compiles", [True, False])
def test_a_predictor_compiles_after_some_images_and_says_the_same(tmp_path, monkeypatch, compiles):
    monkeypatch.setattr(predictor_module, "_WORTH", 2)
    path = tmp_path / "disc.safetensors"
    disc_weights(path)
    predictor, image = Predictor(path, "cpu", compiles=compiles), photograph()
    first = predictor.look(image, "fundus").finding
    assert predictor._fast is None
    later = predictor.look(image, "fundus").finding
    assert (predictor._fast is not None) == compiles
    assert np.allclose(first.maps["OD"], later.maps["OD"], atol=1e-4)
    assert np.allclose(first.points["OD"], later.points["OD"], atol=0.01)


def test_other_weights_are_compiled_anew(tmp_path):
    path = tmp_path / "disc.safetensors"
    disc_weights(path)
    predictor = Predictor(path, "cpu")
    predictor.compile()
    assert predictor.propose(photograph()).shapes
    disc_weights(path, disc_network(bias=-99.0))
    assert predictor.propose(photograph()).shapes == ()


def test_the_compiled_network_is_what_answers(tmp_path, monkeypatch):
    path = tmp_path / "disc.safetensors"
    disc_weights(path)
    predictor = Predictor(path, "cpu")
    predictor.compile()
    calls, real = [], Compiled.__call__
    monkeypatch.setattr(Compiled, "__call__", lambda self, image: calls.append(1) or real(self, image))
    assert predictor.propose(photograph()).shapes
    assert calls


def test_what_openvino_cannot_do_pytorch_does(tmp_path, monkeypatch, caplog):
    def broken(*_args):
        raise RuntimeError("no such operation\nand more")

    monkeypatch.setattr(module, "_converted", broken)
    path = tmp_path / "disc.safetensors"
    disc_weights(path)
    predictor = Predictor(path, "cpu")
    predictor.compile()
    assert caplog.messages == ["OpenVINO cannot run a network, PyTorch does: no such operation"]
    assert predictor.propose(photograph()).shapes


def test_without_openvino_nothing_is_compiled(monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    network, shape = _network(ROWS[0])
    assert compiled(network, shape) is None
