"""What a person asks of a run while it goes on, the pictures of its epochs, and the recipe that weights carry."""

import json
import threading
import time

import cv2
import pytest
import torch
from training_store import TINY

from retina_studio.networks.weights import load_weights
from training.cli import main
from training.control import Control
from training.recipe import read_recipe
from training.tasks.disc import DiscRecipe


def train(store, out, *options):
    with pytest.raises(SystemExit) as left:
        main(
            [
                str(part)
                for part in ("run", store, "--model", "disc", "--out", out, "--device", "cpu", *options)
            ]
        )
    return left.value.code or 0


def events_of(out):
    return [json.loads(line) for line in (out / "events.jsonl").read_text("utf-8").splitlines()]


def ask(out, word):
    """Write the word as soon as there is a checkpoint."""

    def wait():
        while not (out / "checkpoint.safetensors").is_file():
            time.sleep(0.001)
        (out / "control").write_text(word, "utf-8")

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("text", "word"), [("pause\n", "pause"), ("finish", "finish"), ("stop", ""), ("", "")]
)
def test_only_known_words_are_heard(tmp_path, text, word):
    assert Control(tmp_path / "none").asked() == ""
    (tmp_path / "control").write_text(text, "utf-8")
    assert Control(tmp_path / "control").asked() == word


def test_a_paused_run_goes_on_bit_for_bit(store, recipe, tmp_path):
    recipe.write_text(TINY.replace("epochs = 12", "epochs = 6"), "utf-8")
    assert train(store, tmp_path / "whole", "--recipe", recipe) == 0
    out = tmp_path / "paused"
    thread = ask(out, "pause")
    assert train(store, out, "--recipe", recipe) == 0
    thread.join()
    assert events_of(out)[-1]["event"] == "pause"
    assert not (out / "report.json").exists()
    (out / "control").unlink()
    assert train(store, out, "--recipe", recipe) == 0
    assert (out / "disc.safetensors").read_bytes() == (tmp_path / "whole" / "disc.safetensors").read_bytes()


def test_a_finished_run_keeps_the_best_so_far(store, recipe, tmp_path):
    recipe.write_text(
        TINY.replace("epochs = 4", "epochs = 4000").replace("patience = 4", "patience = 4000"), "utf-8"
    )
    out = tmp_path / "run"
    thread = ask(out, "finish")
    assert train(store, out, "--recipe", recipe) == 0
    thread.join()
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert report["cut_by_time"] == ["localiser", "decoder"]
    assert len([event for event in events_of(out) if event["event"] == "epoch"]) < 4000
    assert load_weights(out / "disc.safetensors").header.stages == ("localiser", "decoder")


def test_examples_are_drawn_and_change_nothing(store, recipe, tmp_path):
    recipe.write_text(TINY.replace("epochs = 12", "epochs = 3"), "utf-8")
    assert train(store, tmp_path / "plain", "--recipe", recipe) == 0
    out = tmp_path / "drawn"
    assert train(store, out, "--recipe", recipe, "--examples", "3") == 0
    told = [event for event in events_of(out) if event["event"] == "examples"]
    assert {event["stage"] for event in told} == {"localiser", "decoder"}
    for event in told:
        picture = cv2.imread(str(out / event["file"]))
        assert picture.shape == (320, 3 * 240, 3)  # 60 x 90 pixels each, what graders drew above
        assert (picture[:160] != picture[160:]).any()
    assert (out / "disc.safetensors").read_bytes() == (tmp_path / "plain" / "disc.safetensors").read_bytes()


def test_weights_are_trained_on_with_the_recipe_that_they_carry(store, recipe, tmp_path, capsys):
    assert (
        train(
            store,
            tmp_path / "first",
            "--recipe",
            recipe,
            "--set",
            "favour={ 'image*' = 2.0 }",
            "--seconds",
            "1",
        )
        == 0
    )
    start = tmp_path / "first" / "disc.safetensors"
    options = (
        "--start",
        start,
        "--recipe-of-start",
        "--set",
        "decoder.epochs=1",
        "--set",
        "localiser.epochs=1",
    )
    assert train(store, tmp_path / "on", *options) == 0
    used = read_recipe(tmp_path / "on" / "recipe.toml", DiscRecipe)
    carried = DiscRecipe.model_validate(load_weights(start).header.recipe)
    assert used.decoder == carried.decoder.model_copy(update={"epochs": 1})
    assert (used.favour, used.only, used.pretrained) == ({}, "*", False)
    went_on = load_weights(tmp_path / "on" / "disc.safetensors")
    assert went_on.header.parent == load_weights(start).hash
    assert went_on.header.preprocessing == load_weights(start).header.preprocessing
    assert not torch.equal(*(next(w.network.parameters()) for w in (went_on, load_weights(start))))
    assert train(store, tmp_path / "none", "--recipe-of-start") == 2
    assert "--start" in capsys.readouterr().err
