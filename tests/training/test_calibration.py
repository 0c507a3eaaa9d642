import json

import numpy as np
import pytest
import torch
from training_store import phantom, write_store

from retina_studio.networks.find import find
from retina_studio.networks.postprocess import Postprocess
from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.networks.table import model_spec
from retina_studio.networks.weights import WeightsHeader, load_weights, save_weights
from retina_studio.store.read import Snapshot
from training.calibration.choosing import Histogram, temperature
from training.cli import main
from training.evaluation.disc import DiscEvaluation
from training.evaluation.driver import evaluate
from training.run import RunRequest, run


def test_the_threshold_is_where_f1_is_highest():
    histogram = Histogram()
    probability = np.array([[0.9, 0.8, 0.35, 0.31, 0.3, 0.1]], np.float32)
    truth = np.array([[True, True, True, True, False, False]])
    histogram.add(probability, truth)
    assert histogram.threshold() == pytest.approx(0.31)


def test_images_are_pooled_and_a_tie_goes_to_one_half():
    histogram = Histogram()
    histogram.add(np.array([[0.95]], np.float32), np.array([[True]]))
    histogram.add(np.array([[0.2, 0.05]], np.float32), np.array([[False, False]]))
    assert histogram.threshold() == 0.5


def test_what_no_image_shows_is_rarely_seen_afterwards():
    assert Histogram().threshold() is None
    histogram = Histogram()
    nothing = np.zeros((2, 2), np.bool_)
    for peak in [0.1] * 30 + [0.72] * 9 + [0.95]:
        histogram.add(np.array([[peak, 0], [0, 0]], np.float32), nothing)
    assert histogram.threshold() == pytest.approx(0.73)
    histogram = Histogram()
    histogram.add(np.full((2, 2), 0.2, np.float32), nothing)
    assert histogram.threshold() == 0.5


@pytest.mark.parametrize("true", [0.5, 1.0, 2.5])
def test_the_temperature_of_overconfident_or_shy_answers_is_found(true):
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 2, (4000, 5))
    honest = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    truth = [int(rng.choice(5, p=p)) for p in honest]
    said = np.exp(logits * true)
    said /= said.sum(axis=1, keepdims=True)
    assert temperature(said.tolist(), truth) == pytest.approx(true, rel=0.1)


ROW = model_spec("disc", "compact")


def _dice(path, snapshot, split):
    loaded = load_weights(path)
    header = loaded.header
    return evaluate(
        DiscEvaluation(),
        lambda pixels: find(ROW, loaded.network, pixels, header.preprocessing, header.postprocess),
        snapshot,
        split,
    )["dice_mean"]


def test_weights_are_written_with_what_was_chosen_and_find_more(store, recipe, tmp_path, capsys):
    run(RunRequest(store, "disc", "compact", tmp_path / "run", recipe, ("decoder.epochs=3",)))
    before, after = tmp_path / "run" / "disc.safetensors", tmp_path / "calibrated.safetensors"
    capsys.readouterr()
    main_of("calibrate", str(store), "--weights", str(before), "--out", str(after), "--half")
    chosen = json.loads(capsys.readouterr().out)
    assert load_weights(after).header.postprocess.to_dict() == chosen
    assert 0 < chosen["thresholds"]["OD"] < 1
    assert after.stat().st_size < 0.7 * before.stat().st_size
    with Snapshot(store) as snapshot:
        assert _dice(after, snapshot, "val") >= _dice(before, snapshot, "val") - 0.01


def test_a_label_that_no_image_shows_is_hardly_found_any_more(tmp_path, capsys):
    spec = Preprocessing(32, 48, channels=1, minmax=True)
    options = {"filters": [2, 4], "dropout": 0.0}
    torch.manual_seed(0)
    network = ROW.build(spec, options)
    path = tmp_path / "disc.safetensors"
    save_weights(path, network.state_dict(), WeightsHeader("disc", "compact", options, spec))
    store = write_store(tmp_path / "store.h5", [phantom(0, split="val", empty=True)])
    main_of("calibrate", str(store), "--weights", str(path), "--out", str(tmp_path / "out.safetensors"))
    chosen = json.loads(capsys.readouterr().out)
    assert chosen["temperatures"] == {}
    with Snapshot(store) as snapshot:
        found = find(
            ROW, network.eval(), snapshot.pixels(0), spec, Postprocess(thresholds=chosen["thresholds"])
        )
    assert not found.mask("OD").any()


@pytest.mark.parametrize(("images", "stays"), [(9, True), (10, False)])
def test_few_images_leave_the_thresholds_that_were_chosen_before(tmp_path, capsys, images, stays):
    spec, options = Preprocessing(32, 48, channels=1, minmax=True), {"filters": [2, 4], "dropout": 0.0}
    state = ROW.build(spec, options).state_dict()
    path, before = tmp_path / "new.safetensors", tmp_path / "before.safetensors"
    save_weights(path, state, WeightsHeader("disc", "compact", options, spec))
    chosen = Postprocess({"OD": 0.123}, {"dr": 1.5})
    save_weights(before, state, WeightsHeader("disc", "compact", options, spec, postprocess=chosen))
    store = write_store(tmp_path / "store.h5", [phantom(2 * n, split="val") for n in range(images)])
    out = str(tmp_path / "out.safetensors")
    main_of("calibrate", str(store), "--weights", str(path), "--before", str(before), "--out", out)
    found = json.loads(capsys.readouterr().out)
    assert (found["thresholds"]["OD"] == 0.123) is stays
    assert found["temperatures"] == {"dr": 1.5}


def main_of(*arguments):
    with pytest.raises(SystemExit) as stopped:
        main(list(arguments))
    assert stopped.value.code in (0, None)
