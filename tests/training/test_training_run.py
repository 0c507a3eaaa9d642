import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest
import safetensors.torch
import torch
from training_store import TINY, phantom, write_store

from retina_studio.networks.weights import load_weights
from training.cli import main
from training.recipe import read_recipe
from training.tasks.disc import DiscRecipe


def call(*arguments):
    """Run the command line in this process and return its exit status."""
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    return left.value.code


def train(store, recipe, out, *options):
    return call("run", store, "--model", "disc", "--recipe", recipe, "--out", out, *options)


def events_of(out):
    return [json.loads(line) for line in (out / "events.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def finished(store, tmp_path_factory):
    """One whole run."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("finished")
    (folder / "tiny.toml").write_text(TINY, "utf-8")
    assert train(store, folder / "tiny.toml", folder / "run", "--seed", "4") == 0
    return folder / "run"


def test_a_run_leaves_everything_it_promises(finished, recipe):
    assert {path.name for path in finished.iterdir()} == {
        "checkpoint.safetensors",
        "disc.safetensors",
        "events.jsonl",
        "recipe.toml",
        "report.html",
        "report.json",
        "run.json",
    }
    used = read_recipe(finished / "recipe.toml", DiscRecipe)
    assert used == read_recipe(recipe, DiscRecipe, ["seed=4"])
    report = json.loads((finished / "report.json").read_text("utf-8"))
    assert report["reproducible"] is True
    assert report["test"]["images"] == 6
    assert report["test"]["dice_mean"] > 0.5
    loaded = load_weights(finished / "disc.safetensors")
    assert loaded.hash == report["weights_hash"]
    assert loaded.header.stages == ("localiser", "decoder")
    assert loaded.header.metrics["val_dice"] == report["validation"]["dice"]
    assert loaded.header.store_hash == report["store_hash"]
    assert loaded.header.recipe["seed"] == 4


def test_events_tell_the_whole_story(finished):
    events = events_of(finished)
    kinds = [event["event"] for event in events]
    assert kinds[0] == "start"
    assert kinds[-1] == "end"
    assert events[0]["images"] == {"train": 18, "val": 6}
    epochs = [event for event in events if event["event"] == "epoch"]
    assert [(e["stage"], e["epoch"]) for e in epochs] == [
        *(("localiser", n) for n in range(1, 5)),
        *(("decoder", n) for n in range(1, 13)),
    ]
    for event in epochs:
        assert event["losses"].keys() <= {"mse", "neg_log_dice"}
        assert event["samples_per_second"] > 0
        assert event["eta_s"] >= 0
        assert event["memory_mb"]["ram"] > 0
    best = [e["metrics"]["dice"] for e in events if e["event"] == "best" and e["stage"] == "decoder"]
    assert best == sorted(best)
    assert best[-1] == max(e["metrics"]["dice"] for e in epochs if e["stage"] == "decoder")


def test_a_finished_run_is_not_trained_again(finished, store, recipe, capsys):
    before = (finished / "disc.safetensors").read_bytes()
    assert train(store, recipe, finished, "--seed", "4") == 0
    assert json.loads(capsys.readouterr().out)["finished_before"] is True
    assert (finished / "disc.safetensors").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "what"), [(("--seed", "5"), "seed"), (("--set", "with_localiser=false"), "recipe")]
)
def test_a_folder_of_another_run_is_refused(finished, store, recipe, capsys, options, what):
    assert train(store, recipe, finished, "--seed", "4", *options) == 2
    assert f"another {what}" in capsys.readouterr().err


def test_another_store_or_recipe_is_refused(finished, store, recipe, tmp_path, capsys):
    other = write_store(tmp_path / "other.h5", [phantom(0, split="train"), phantom(1, split="val")])
    assert train(other, recipe, finished, "--seed", "4") == 2
    assert "another store" in capsys.readouterr().err
    recipe.write_text(TINY.replace("epochs = 4", "epochs = 5"), "utf-8")
    assert train(store, recipe, finished, "--seed", "4") == 2
    assert "another recipe" in capsys.readouterr().err


def test_kill_9_at_a_random_moment_costs_nothing(finished, store, recipe, tmp_path):
    """Killed and continued until it ends, a run gives the very file of the uninterrupted run."""
    out, kills, wait = tmp_path / "run", 0, random.Random(os.getpid())
    command = [sys.executable, "-m", "training", "run", str(store), "--model", "disc"]
    command += ["--recipe", str(recipe), "--out", str(out), "--seed", "4", "--device", "cpu"]
    while kills < 2:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_slow_environment())
        _wait_for_epochs(process, wait.randint(1, 4))
        time.sleep(wait.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        process.stdout.close()
        assert process.wait() == -signal.SIGKILL
        kills += 1
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_slow_environment())
    assert done.returncode == 0, done.stderr
    assert "resume" in [event["event"] for event in events_of(out)]
    ours = safetensors.torch.load_file(out / "disc.safetensors")
    theirs = safetensors.torch.load_file(finished / "disc.safetensors")
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    assert (out / "disc.safetensors").read_bytes() == (finished / "disc.safetensors").read_bytes()


def _slow_environment():
    return {**os.environ, "OMP_NUM_THREADS": "1"}


def _wait_for_epochs(process, count):
    for line in process.stdout:
        count -= json.loads(line)["event"] == "epoch"
        if count == 0:
            return
    pytest.fail("the run ended before it could be killed")


def test_a_bound_on_time_cuts_both_stages_fairly(store, recipe, tmp_path):
    recipe.write_text(TINY.replace("= 4\n", "= 4000\n").replace("= 12\n", "= 12000\n"), "utf-8")
    out = tmp_path / "run"
    assert train(store, recipe, out, "--seconds", "3") == 0
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert report["cut_by_time"] == ["localiser", "decoder"]
    assert report["reproducible"] is False
    assert report["training_seconds"] > 2.5
    epochs = [event["stage"] for event in events_of(out) if event["event"] == "epoch"]
    assert {"localiser", "decoder"} == {*epochs}
    assert len(epochs) < 4000


def test_a_run_goes_on_from_weights_and_names_them(finished, store, recipe, tmp_path, capsys):
    start = finished / "disc.safetensors"
    options = ("--start", start, "--set", "with_localiser=false", "--set", "decoder.learning_rate=1e-9")
    assert train(store, recipe, tmp_path / "on", *options, "--set", "decoder.epochs=1") == 0
    went_on = load_weights(tmp_path / "on" / "disc.safetensors")
    assert went_on.header.parent == load_weights(start).hash
    before, after = load_weights(start).network.state_dict(), went_on.network.state_dict()
    parameters = [name for name, _ in went_on.network.named_parameters()]
    assert all(torch.allclose(before[name], after[name], atol=1e-5) for name in parameters)
    assert events_of(tmp_path / "on")[0]["parent"] == went_on.header.parent
    assert train(store, recipe, tmp_path / "other", "--start", start, "--set", "network.dropout=0.5") == 2
    assert "other options" in capsys.readouterr().err
    sides = ("--set", "preprocessing.height=64", "--set", "preprocessing.width=64")
    assert train(store, recipe, tmp_path / "larger", "--start", start, *sides) == 2
    assert "another input size" in capsys.readouterr().err
    assert not (tmp_path / "larger").exists()


def test_hardly_any_time_still_gives_weights(store, recipe, tmp_path):
    assert train(store, recipe, tmp_path / "run", "--seconds", "0.001") == 0
    assert load_weights(tmp_path / "run" / "disc.safetensors").header.stages == ("localiser", "decoder")


def test_a_full_disk_is_one_sentence_and_the_run_continues(store, recipe, tmp_path, capsys, monkeypatch):
    with monkeypatch.context() as full:
        full.setattr("training.checkpoint.write_atomically", _no_space)
        assert train(store, recipe, tmp_path / "run") == 2
    assert "No space left on device" in capsys.readouterr().err
    assert train(store, recipe, tmp_path / "run") == 0


def _no_space(_path, _data):
    raise OSError(28, "No space left on device")


def test_patience_ends_a_stage_early(store, recipe, tmp_path):
    text = TINY.replace("patience = 4", "patience = 1").replace(
        "learning_rate = 1e-3", "learning_rate = 1e-9"
    )
    recipe.write_text(
        text.replace("head_learning_rate = 1e-4", "").replace("epochs = 4", "epochs = 400"), "utf-8"
    )
    assert train(store, recipe, tmp_path / "run") == 0
    epochs = [e for e in events_of(tmp_path / "run") if e["event"] == "epoch" and e["stage"] == "localiser"]
    assert len(epochs) < 100


def test_the_baseline_trains_from_end_to_end(store, recipe, tmp_path, capsys):
    out = tmp_path / "run"
    assert train(store, recipe, out, "--set", "with_localiser=false") == 0
    assert load_weights(out / "disc.safetensors").header.stages == ("whole",)
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert report["test"]["centre_error_px"] is None
    assert report["test"]["dice_mean"] is not None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"--model": "retina"}, "no model 'retina'"),
        ({"--size": "huge"}, "no size 'huge'"),
        ({"--size": "paper"}, "is for disc compact, not disc paper"),
        ({"--device": "tpu"}, "no device 'tpu'"),
        ({"--recipe": "none.toml"}, "cannot be read"),
        ({"--seconds": "0"}, "--seconds"),
    ],
)
def test_each_wrong_request_is_one_sentence_and_status_2(store, recipe, tmp_path, capsys, change, sentence):
    options = {"--model": "disc", "--recipe": str(recipe), "--out": str(tmp_path / "run"), **change}
    assert call("run", store, *(part for pair in options.items() for part in pair)) == 2
    assert sentence in capsys.readouterr().err


def test_a_store_that_cannot_be_used_is_one_sentence(recipe, tmp_path, capsys):
    broken = tmp_path / "store.h5"
    broken.write_bytes(b"no store")
    assert train(broken, recipe, tmp_path / "run") == 2
    points = write_store(tmp_path / "points.h5", [phantom(n, mask=False, point=True) for n in range(5)])
    assert train(points, recipe, tmp_path / "run2") == 2
    sentences = capsys.readouterr().err.strip().splitlines()
    assert len(sentences) == 2
    assert "has an OD mask" in sentences[1]
    assert not (tmp_path / "run2").exists()


def test_a_folder_with_something_else_in_it_is_refused(store, recipe, tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("keep me", "utf-8")
    assert train(store, recipe, tmp_path) == 2
    assert "not empty and not a run" in capsys.readouterr().err


def test_a_loss_that_is_no_number_is_one_sentence_and_an_event(store, recipe, tmp_path, capsys):
    recipe.write_text(TINY.replace("learning_rate = 1e-3", "learning_rate = 1e30"), "utf-8")
    assert train(store, recipe, tmp_path / "run") == 2
    assert "is not a number: lower the learning rate" in capsys.readouterr().err
    assert events_of(tmp_path / "run")[-1]["event"] == "error"
