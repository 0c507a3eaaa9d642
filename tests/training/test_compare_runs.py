"""Each model's comparison, a real run: same store, same recipe, the model's own evaluation."""

import json
from dataclasses import replace

import pytest
import torch
from eye_store import TINY_EYE, eye
from lesion_store import TINY_LESION, photographs
from oct_store import TINY_OCT, b_scan, b_scans
from ppa_store import TINY_PPA, ppa_phantom
from training_store import TINY, phantom, write_store

from retina_studio.domain.errors import RetinaError
from training.compare.beside import compared_row
from training.compare.network import RARE, ComparedNetwork
from training.run import RunRequest, run
from training.subject import row_and_recipe


def oct_scans():
    scans = [
        *b_scans(),
        *(b_scan(90 + n, ("normal", "drusen", "dme")[n % 3], split="test") for n in range(6)),
    ]
    return [replace(scan, source_sha256=f"{n:064x}") for n, scan in enumerate(scans)]


STEMS = {
    "ppa": (TINY_PPA, lambda: [ppa_phantom(n) for n in range(24)]),
    "lesion": (TINY_LESION, photographs),
    "glaucoma": (TINY_EYE, lambda: [eye(n) for n in range(30)]),
    "disc": (TINY, lambda: [phantom(n) for n in range(20)]),
    "oct": (TINY_OCT, oct_scans),
}


def run_beside(stem, system, store, folder, text, *changes):
    recipe = folder / "recipe.toml"
    recipe.write_text(text, "utf-8")
    changes = ('size="compact"', *changes)
    run(RunRequest(store, stem, "compact", folder / "run", recipe, changes, device="cpu", system=system))
    return folder / "run"


@pytest.fixture(scope="module")
def beside(tmp_path_factory):
    """Train a system beside a model: its run folder."""
    stores = {}

    def train(stem, system, *changes):
        text, images = STEMS[stem]
        if stem not in stores:
            stores[stem] = write_store(tmp_path_factory.mktemp(stem) / "store.h5", images())
        folder = tmp_path_factory.mktemp(f"{stem}-{system}")
        return run_beside(stem, system, stores[stem], folder, text, *changes)

    return train


def report_of(folder):
    return json.loads((folder / "report.json").read_text("utf-8"))


def test_a_u_net_learns_the_disc_and_says_nothing_of_the_centre(beside, capsys):
    folder = beside("disc", "u-net", "localiser.epochs=2", "decoder.epochs=8")
    report = report_of(folder)
    assert report["system"] == "u-net"
    assert report["test"]["dice_mean"] > 0.6
    assert report["test"]["centre_error_px"] is None
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    epochs = [event for event in events if event["event"] == "epoch"]
    assert len(epochs) == 10  # as many as both stages of the model have
    assert epochs[-1]["losses"]["masks"] < 0.5 * epochs[0]["losses"]["masks"]
    assert not list(folder.glob("disc.safetensors"))  # nothing that could be taken for the model's weights


@pytest.mark.parametrize(
    ("stem", "system", "answered", "silent"),
    [
        pytest.param(
            "ppa", "u-net", ("dice_ppa", "mask_accuracy"), ("dice_od_mean",), marks=pytest.mark.slow
        ),
        ("ppa", "plain", ("classifier_auc",), ("dice_ppa", "mask_accuracy")),
        ("lesion", "fcn-8s", ("pixel_f1", "image_f1"), ("kappa",)),
        pytest.param("lesion", "plain", ("kappa",), ("pixel_f1",), marks=pytest.mark.slow),
        pytest.param(
            "glaucoma", "u-net", ("dice_od", "dice_oc"), ("auc", "fovea_px"), marks=pytest.mark.slow
        ),
        ("glaucoma", "plain", ("auc",), ("dice_od",)),
        pytest.param("oct", "u-net", ("dice", "iou"), ("acc",), marks=pytest.mark.slow),
        pytest.param("oct", "plain", ("acc",), ("dice",), marks=pytest.mark.slow),
        ("oct", "y-net", ("acc", "dice"), ()),
    ],
)
def test_a_system_is_measured_by_what_it_answers(beside, stem, system, answered, silent):
    stage = {"lesion": ("lesions", "grader"), "oct": ("classifier", "segmenter")}.get(stem, ("multitask",))
    report = report_of(beside(stem, system, *(f"{name}.epochs=1" for name in stage)))
    test = report["test"]
    assert all(test[name] is not None for name in answered)
    assert all(test.get(name) is None for name in silent)
    assert test["per_image"]


def test_only_what_the_training_images_answer_is_told(beside, tmp_path):
    images = [eye(n, says=("OD", "glaucoma")) for n in range(20)]
    store = write_store(tmp_path / "store.h5", images)
    folder = run_beside("glaucoma", "u-net", store, tmp_path, TINY_EYE, "multitask.epochs=1")
    test = report_of(folder)["test"]
    assert test["dice_od"] is not None
    assert test["dice_oc"] is None


def test_a_grader_beside_lesion_net_sees_the_image_as_small_as_the_model_s_own():
    row, recipe = row_and_recipe("lesion", "compact", None)
    compared, _ = compared_row(row, recipe, "plain")
    network = compared.build()
    seen = []
    network.body.encoder.register_forward_hook(lambda module, inputs, output: seen.append(inputs[0].shape))
    network.eval()(torch.zeros(1, 3, 960, 960))
    assert seen == [(1, 3, 320, 320)]


def test_masks_start_from_a_rare_foreground():
    network = ComparedNetwork(32, 32, 1, system="u-net", size="compact", labels=("OD",), classes=())
    image = torch.rand(1, 1, 32, 32)
    network.eval()
    torch.testing.assert_close(network.logits(image)["masks"], network.body(image)["masks"] + RARE)
    torch.testing.assert_close(network(image)["masks"], network.logits(image)["masks"].sigmoid())


def test_pretraining_is_asked_only_of_encoders_that_have_it():
    row, recipe = row_and_recipe("ppa", "compact", None)
    assert recipe.pretrained
    assert compared_row(row, recipe, "plain-unet")[1].pretrained
    assert not compared_row(row, recipe, "u-net")[1].pretrained


def test_a_model_without_a_grade_has_no_classifier_to_compare_with():
    row, recipe = row_and_recipe("disc", "compact", None)
    with pytest.raises(RetinaError, match="plain answers a grade, and the model disc has none"):
        compared_row(row, recipe, "plain")
