"""What every row of the model table must be able to do, and every variant of it: a new network is tested by its row."""

import copy
import dataclasses
import functools
import json

import numpy as np
import pytest
import torch

from retina_studio.domain.labels import catalogue, scales
from retina_studio.networks.find import find
from retina_studio.networks.preprocessing import as_input, preprocess
from retina_studio.networks.table import MODELS, model_spec
from retina_studio.networks.weights import WeightsHeader, load_weights, save_weights

SIDE = 64  # of the small inputs: two of the deepest stride, 32
MAPS = {"masks", "lesions", "fovea"}  # answers at the resolution of the input
HALF = {torch.bfloat16: 0.1, torch.float16: 0.02}  # how far the answers of 0..1 may go astray, on average


def _cases(*, computed):
    """Every row and variant. Slow are the variants, and those of the size `paper` where numbers are `computed`."""
    for row in MODELS:
        for name, changes in {"": {}, **row.variants}.items():
            slow = name != "" or (computed and row.size != "compact")
            yield pytest.param(
                row,
                {**row.options, **changes},
                id="-".join(filter(None, (row.stem, row.size, name))),
                marks=[pytest.mark.slow] if slow else [],
            )


planned = pytest.mark.parametrize(("row", "options"), list(_cases(computed=False)))
running = pytest.mark.parametrize(("row", "options"), list(_cases(computed=True)))
rows = pytest.mark.parametrize("row", MODELS, ids=[f"{row.stem}-{row.size}" for row in MODELS])


def _small(row):
    return dataclasses.replace(row.preprocessing, height=SIDE, width=SIDE)


def _image(row, count=2, seed=0):
    return torch.rand(
        count, row.preprocessing.channels, SIDE, SIDE, generator=torch.Generator().manual_seed(seed)
    )


def _network(row, options):
    """Small, in evaluation mode, normalising by the statistics of a batch.

    With those that a fresh network starts from, activations fade from layer to layer until only rounding is left.
    """
    return copy.deepcopy(_made(row.stem, row.size, json.dumps(options)))


@functools.lru_cache(maxsize=6)
def _made(stem, size, options):
    torch.manual_seed(0)
    row = model_spec(stem, size)
    network = row.build(_small(row), json.loads(options)).train()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
    with torch.no_grad():
        network(_image(row, 4, seed=9))
    return network.eval()


@torch.inference_mode()
def _answers(network, image):
    return network(image)


@planned
def test_answers_have_their_names_and_sizes_at_the_real_input(row, options):
    spec = row.preprocessing
    with torch.device("meta"):  # nothing is computed
        network = row.build(options=options).eval()
        answers = network(torch.zeros(2, spec.channels, spec.height, spec.width))
    assert answers
    assert set(answers) <= set(row.answers)
    if options == row.options:
        assert list(answers) == list(row.answers)
    for name, answer in answers.items():
        assert answer.shape[0] == 2
        assert answer.dtype == torch.float32
        if name in MAPS:
            assert answer.shape[2:] == (spec.height, spec.width)
    assert all(answers["cam"].shape[2:] >= (2, 2) for _ in answers if "cam" in answers)


@rows
def test_options_are_values_of_json(row):
    for options in (row.options, *row.variants.values()):
        assert json.loads(json.dumps(options)) == options


@running
def test_training_reaches_every_parameter(row, options):
    network = _network(row, options).train()
    weights = torch.Generator().manual_seed(1)
    answers = network(_image(row))
    # Each with its own weights: the plain sum of probabilities is always 1, and says nothing.
    sum((a * torch.rand(a.shape, generator=weights)).sum() for a in answers.values()).backward()
    learning = {name: p.grad for name, p in network.named_parameters() if p.requires_grad}
    assert learning
    assert [name for name, gradient in learning.items() if gradient is None] == []
    assert [name for name, gradient in learning.items() if not gradient.isfinite().all()] == []


@running
def test_answers_are_probabilities_and_the_same_every_time(row, options):
    network, image = _network(row, options), _image(row)
    first, second = _answers(network, image), _answers(network, image)
    for name, answer in first.items():
        assert answer.dtype == torch.float32
        assert torch.equal(answer, second[name])
        if name != "centre":
            assert 0 <= answer.min() <= answer.max() <= 1


@running
def test_a_weights_file_brings_the_same_answers_back(row, options, tmp_path):
    network, image, file = _network(row, options), _image(row), tmp_path / "a.safetensors"
    save_weights(file, network.state_dict(), WeightsHeader(row.stem, row.size, options, _small(row)))
    back = _answers(load_weights(file).network, image)
    expected = _answers(network, image)
    assert back.keys() == expected.keys()
    assert all(torch.equal(back[name], expected[name]) for name in expected)


@running
@pytest.mark.parametrize("dtype", list(HALF), ids=["bfloat16", "float16"])
def test_half_precision_gives_nearly_the_same_answers(row, options, dtype):
    network, image = _network(row, options), _image(row)
    expected = _answers(network, image)
    with torch.autocast("cpu", dtype):
        answers = _answers(network, image)
    for name, answer in answers.items():
        assert answer.dtype == torch.float32
        assert answer.isfinite().all()
        if name != "cam":  # stretched to 0..1, it magnifies what an untrained network hardly says
            assert (answer - expected[name]).abs().mean() < HALF[dtype]


@running
def test_channels_last_gives_the_same_answers(row, options):
    network, image = _network(row, options), _image(row)
    expected = _answers(network, image)
    answers = _answers(
        network.to(memory_format=torch.channels_last), image.to(memory_format=torch.channels_last)
    )
    for name, answer in answers.items():
        assert torch.allclose(answer, expected[name], atol=1e-3 if name == "cam" else 1e-4)


@running
def test_find_reads_the_answers_of_a_photograph(row, options):
    pixels = np.random.default_rng(0).integers(0, 255, (70, 90, 3), dtype=np.uint8)
    finding = find(row, _network(row, options), pixels, _small(row))
    for label in finding.labels:
        assert label in catalogue()
        assert finding.mask(label).shape == (70, 90)
        assert 0 <= finding.probability(label).min() <= finding.probability(label).max() <= 1
    for scale, probabilities in finding.grades.items():
        assert set(probabilities) <= set(scales()[scale].values)
        assert sum(probabilities.values()) == pytest.approx(1, abs=1e-5)
    for point in finding.points.values():
        assert np.isfinite(point).all()
    for cam in finding.cams.values():
        assert cam.ndim == 2
        assert 0 <= cam.min() <= cam.max() <= 1
    assert finding.labels or finding.grades or finding.points


@pytest.mark.slow
@planned
def test_torch_export_gives_the_same_answers(row, options):
    network, image = _network(row, options).requires_grad_(False), _image(row, 1)
    exported = torch.export.export(network, (image,)).module()
    other = _image(row, 1, seed=5)
    answers, expected = exported(other), _answers(network, other)
    assert answers.keys() == expected.keys()
    for name, answer in answers.items():
        assert torch.allclose(answer, expected[name], atol=1e-3 if name == "cam" else 1e-5)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # the exporter's own
@rows
def test_onnx_gives_the_same_answers(row):
    pytest.importorskip("onnxscript")
    reference = pytest.importorskip("onnx.reference")
    network, image = _network(row, row.options).requires_grad_(False), _image(row, 1)
    program = torch.onnx.export(network, (image,), dynamo=True, verbose=False)
    session = reference.ReferenceEvaluator(program.model_proto)
    values = session.run(None, {session.input_names[0]: image.numpy()})
    expected = _answers(network, image)
    assert len(values) == len(expected)
    for name, value in zip(expected, values, strict=True):
        assert np.allclose(value, expected[name].numpy(), atol=1e-3 if name == "cam" else 1e-4)


@pytest.mark.slow
@planned
def test_the_real_input_goes_through(row, options):
    """What the meta device promised, computed: the whole way from a photograph."""
    torch.manual_seed(0)
    network = row.build(options=options).eval()
    photo = np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    prepared, _ = preprocess(photo, row.preprocessing)
    answers = _answers(network, as_input(prepared, row.preprocessing))
    assert all(answer.isfinite().all() for answer in answers.values())
