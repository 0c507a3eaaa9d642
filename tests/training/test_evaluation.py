import json
import math

import numpy as np
import pytest
import torch
from training_store import phantom, write_store

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.find import find
from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.networks.table import model_spec
from retina_studio.networks.weights import WeightsHeader, save_weights
from retina_studio.store.read import Snapshot
from training.cli import main
from training.evaluation.disc import DiscEvaluation
from training.evaluation.driver import evaluate

SPEC = Preprocessing(32, 48, channels=1, minmax=True)
ROW = model_spec("disc", "compact")
OPTIONS = {"filters": [2, 4], "dropout": 0.0}


@pytest.fixture
def network():
    torch.manual_seed(0)
    built = ROW.build(SPEC, OPTIONS).eval()
    torch.nn.init.constant_(built.decoder.out.bias, 0.0)
    built.localises.fill_(True)
    return built


def measure(network, snapshot, split, **options):
    return evaluate(
        DiscEvaluation(), lambda pixels: find(ROW, network, pixels, SPEC), snapshot, split, **options
    )


@pytest.fixture
def snapshot(tmp_path):
    images = [
        phantom(0, split="test"),
        phantom(1, split="test", mask=False, point=True),
        phantom(2, split="test", empty=True),
        phantom(3, split="val"),
    ]
    with Snapshot(write_store(tmp_path / "store.h5", images)) as opened:
        yield opened


def test_figures_are_those_of_inference_at_the_photographs_own_resolution(network, snapshot):
    result = measure(network, snapshot, "test")
    by_name = {entry["name"]: entry for entry in result["per_image"]}
    found = find(ROW, network, snapshot.pixels(0), SPEC)
    truth = snapshot.mask(0, "OD") == 255
    assert by_name["image00"]["dice"] == 2 * (found.mask("OD") & truth).sum() / (
        found.mask("OD").sum() + truth.sum()
    )
    rows, columns = np.nonzero(truth)
    distance = math.dist(found.points["OD"], (columns.mean() + 0.5, rows.mean() + 0.5))
    diameter = 2 * math.sqrt(truth.sum() / math.pi)
    assert by_name["image00"]["centre_error_dd"] == pytest.approx(distance / diameter)
    scale = 48 / found.frame.box[2]
    assert by_name["image00"]["centre_error_px"] == pytest.approx(distance * scale, rel=0.05)


def test_what_an_image_does_not_say_is_none(network, snapshot):
    by_name = {entry["name"]: entry for entry in measure(network, snapshot, "test")["per_image"]}
    assert by_name["image01"]["dice"] is None
    assert by_name["image01"]["centre_error_px"] > 0
    assert by_name["image01"]["centre_error_dd"] is None  # no mask, no diameter
    assert by_name["image02"]["centre_error_px"] is None  # "none": no centre
    assert by_name["image02"]["dice"] in (0.0, 1.0)


def test_the_summary_is_that_of_the_images(network, snapshot):
    result = measure(network, snapshot, "test")
    scores = [entry["dice"] for entry in result["per_image"] if entry["dice"] is not None]
    assert (result["images"], result["images_with_mask"]) == (3, 2)
    assert result["dice_mean"] == pytest.approx(np.mean(scores))
    assert result["dice_sd"] == pytest.approx(np.std(scores))
    errors = [entry["centre_error_px"] for entry in result["per_image"][:2]]
    assert result["centre_error_px"] == pytest.approx(np.mean(errors))


def test_a_glob_chooses_the_images(network, snapshot):
    result = measure(network, snapshot, "test", only="*0[02]")
    assert [row["name"] for row in result["per_image"]] == ["image00", "image02"]


def test_a_split_that_says_nothing_is_one_sentence(network, snapshot):
    with pytest.raises(RetinaError, match=r"'train'.*answers anything"):
        measure(network, snapshot, "train")


def _call(*arguments):
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    return left.value.code


def test_the_command_prints_json_or_a_table(network, snapshot, tmp_path, capsys):
    file = tmp_path / "disc.safetensors"
    header = WeightsHeader("disc", "compact", OPTIONS, SPEC, ("localiser", "decoder"))
    digest = save_weights(file, network.state_dict(), header)
    assert _call("evaluate", snapshot.path, "--model", "disc", "--weights", file, "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["model"], result["size"], result["split"]) == ("disc", "compact", "test")
    assert (result["weights_hash"], result["store_hash"]) == (digest, snapshot.content_hash)
    assert result["per_image"][0]["name"] == "image00"
    assert _call("evaluate", snapshot.path, "--model", "disc", "--weights", file, "--split", "val") == 0
    assert "dice_mean" in capsys.readouterr().out


def test_untrained_weights_are_evaluated_as_they_start(snapshot, recipe, capsys):
    arguments = ("evaluate", snapshot.path, "--model", "disc", "--untrained", "--recipe", recipe, "--json")
    assert _call(*arguments) == 0
    first = capsys.readouterr().out
    assert json.loads(first)["weights_hash"] is None
    assert _call(*arguments) == 0
    assert capsys.readouterr().out == first


def test_wrong_requests_are_one_sentence(snapshot, tmp_path, capsys):
    assert _call("evaluate", snapshot.path, "--model", "disc") == 2
    assert "--weights FILE" in capsys.readouterr().err
    assert _call("evaluate", snapshot.path, "--model", "disc", "--weights", tmp_path / "none") == 2
    assert "cannot be read" in capsys.readouterr().err
