"""The command `propose`: every image once, on all cores or on a cluster."""

import shutil
import sqlite3

import cv2
import numpy as np
import pytest
from weights_examples import bscan, disc_network, disc_weights, oct_weights, photograph

from retina_studio import paths
from retina_studio.cli import main
from retina_studio.inference import many
from retina_studio.study.importing import import_images


@pytest.fixture
def run(capsys):
    """Call the command line: (exit status, stdout, stderr)."""

    def call(*arguments):
        with pytest.raises(SystemExit) as end:
            main(["propose", *map(str, arguments)])
        captured = capsys.readouterr()
        return end.value.code or 0, captured.out, captured.err

    return call


@pytest.fixture
def filled(study, tmp_path):
    """The folder of a study with five photographs and a B-scan."""
    folder = tmp_path / "images"
    folder.mkdir()
    for number in range(5):
        cv2.imwrite(str(folder / f"eye{number}.png"), photograph(240 + 8 * number)[..., ::-1])
    cv2.imwrite(str(tmp_path / "scan.png"), bscan())
    import_images(study, [folder])
    import_images(study, [tmp_path / "scan.png"], modality="oct")
    return study.folder


@pytest.fixture
def weights(tmp_path):
    path = tmp_path / "disc.safetensors"
    disc_weights(path)
    return path


def _stored(folder):
    """(image, model, shapes) of every proposal."""
    with sqlite3.connect(folder / "study.sqlite") as database:
        return database.execute("SELECT image_id, model, shapes FROM proposal ORDER BY image_id").fetchall()


def test_every_image_is_looked_at_once(run, filled, weights, monkeypatch):
    code, said, _ = run(filled, "--model", "disc", "--weights", weights, "--device", "cpu")
    assert code == 0
    assert said.startswith("5 images have a proposal of disc, 0 had it before; ")
    assert "images a second" in said
    stored = _stored(filled)
    assert len(stored) == 5
    assert all('"OD"' in shapes for _, _, shapes in stored)

    monkeypatch.setattr(many, "read_image", None)  # no image is read again
    code, said, _ = run(filled, "--model", "disc", "--weights", weights, "--device", "cpu")
    assert (code, said.strip()) == (0, "5 images have a proposal of disc, 5 had it before.")
    assert _stored(filled) == stored


def test_what_was_stopped_goes_on(run, filled, weights):
    options = (filled, "--model", "disc", "--weights", weights, "--device", "cpu")
    run(*options)
    whole = _stored(filled)
    with sqlite3.connect(filled / "study.sqlite") as database:
        database.execute("DELETE FROM gist WHERE proposal_id > 2")
        database.execute("DELETE FROM proposal WHERE id > 2")
    assert run(*options)[1].startswith("5 images have a proposal of disc, 2 had it before; ")
    assert len(_stored(filled)) == len(whole)


def test_other_weights_look_again(run, filled, weights):
    options = (filled, "--model", "disc", "--weights", weights, "--device", "cpu")
    run(*options)
    disc_weights(weights, disc_network(bias=-9.0))
    assert run(*options)[1].startswith("5 images have a proposal of disc, 0 had it before; ")
    assert len(_stored(filled)) == 10


def test_all_models_that_have_weights_look_at_their_own(run, filled, tmp_path):
    folder = paths.user_data() / "weights"
    folder.mkdir()
    disc_weights(folder / "disc.safetensors")
    oct_weights(folder / "oct.safetensors")
    code, said, errors = run(filled, "--model", "all", "--device", "cpu")
    assert code == 0
    assert [line.split(";")[0] for line in said.splitlines()] == [
        "5 images have a proposal of disc, 0 had it before",
        "1 images have a proposal of oct, 0 had it before",
    ]
    assert "lesion" in errors
    assert sorted(model for _, model, _ in _stored(filled)) == ["disc"] * 5 + ["oct"]


def test_a_lost_image_is_one_sentence_and_the_others_go_on(run, filled, weights):
    lost = next(file for file in sorted((filled / "images").rglob("*.png")))
    lost.unlink()
    code, said, errors = run(filled, "--model", "disc", "--weights", weights, "--device", "cpu")
    assert code in (0, 1)
    kept = 5 if code == 0 else 4  # the lost one may be the B-scan, which nobody looked at
    assert said.startswith(f"{kept} images have a proposal of disc")
    assert len(errors.splitlines()) == code


def test_a_black_image_is_told_by_its_name(run, filled, weights, tmp_path, study):
    cv2.imwrite(str(tmp_path / "dark.png"), np.zeros((100, 100, 3), np.uint8))
    import_images(study, [tmp_path / "dark.png"])
    code, said, errors = run(filled, "--model", "disc", "--weights", weights, "--device", "cpu")
    assert code == 1
    assert said.startswith("5 images have a proposal of disc")
    assert errors.strip() == "dark: The image shows nothing to look at: it is black all over."


@pytest.mark.filterwarnings("default")  # a cluster has its own opinion on sockets left open
def test_a_cluster_of_two_workers_gives_the_same_once(run, filled, weights, tmp_path):
    distributed = pytest.importorskip("distributed")
    options = ("--model", "disc", "--weights", weights, "--device", "cpu")
    alone = tmp_path / "alone"
    shutil.copytree(filled, alone)
    run(alone, *options)
    # Workers in this process, which need not import torch again; what they are sent still goes through TCP.
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=False,
        protocol="tcp://",
        dashboard_address=None,
        silence_logs=50,
    ) as cluster:
        address = ("--scheduler", cluster.scheduler_address)
        code, said, errors = run(filled, *options, *address)
        assert (code, errors) == (0, "")
        assert said.startswith("5 images have a proposal of disc, 0 had it before; ")
        assert run(filled, *options, *address)[1].startswith(
            "5 images have a proposal of disc, 5 had it before."
        )
    places = [
        [(image, _places(shapes)) for image, _, shapes in _stored(folder)] for folder in (alone, filled)
    ]
    assert places[0] == places[1]


def _places(shapes):
    """Proposed shapes without their ids, which are new each time."""
    import json

    return [{key: value for key, value in form.items() if key != "id"} for form in json.loads(shapes)]


def test_a_cluster_that_is_not_there_is_one_sentence(run, filled, weights, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("retina_studio.inference.cluster._PATIENCE", 0.5)
    options = ("--model", "disc", "--weights", weights, "--scheduler", "tcp://127.0.0.1:9")
    code, _, errors = run(filled, *options)
    assert (code, errors.strip()) == (2, "No Dask scheduler answers at tcp://127.0.0.1:9.")
