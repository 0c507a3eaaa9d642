"""The command `predict`: what lies on the disk afterwards, and how it refuses."""

import json

import cv2
import numpy as np
import pytest
from weights_examples import bscan, disc_network, disc_weights, oct_weights, photograph

from retina_studio import paths
from retina_studio.cli import main


@pytest.fixture
def run(capsys):
    """Call the command line: (exit status, stdout, stderr)."""

    def call(*arguments):
        with pytest.raises(SystemExit) as end:
            main(["predict", *map(str, arguments)])
        captured = capsys.readouterr()
        return end.value.code or 0, captured.out, captured.err

    return call


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    """The folder of the shipped weights: disc and oct are there, the others not yet."""
    folder = tmp_path / "resources"
    (folder / "weights").mkdir(parents=True)
    for name in ("labels.toml", "grades.toml", "postprocess.toml"):
        (folder / name).write_bytes((paths.resources() / name).read_bytes())
    disc_weights(folder / "weights" / "disc.safetensors")
    oct_weights(folder / "weights" / "oct.safetensors")
    monkeypatch.setattr(paths, "resources", lambda: folder)
    monkeypatch.setattr(paths, "shipped_weights", lambda: folder / "weights")
    return folder / "weights"


@pytest.fixture
def images(tmp_path):
    """A photograph and a B-scan."""
    folder = tmp_path / "in"
    folder.mkdir()
    cv2.imwrite(str(folder / "eye.one.png"), photograph()[..., ::-1])
    cv2.imwrite(str(folder / "scan.png"), bscan())
    return folder


def _plane(file):
    return cv2.imread(str(file), cv2.IMREAD_UNCHANGED)


def test_every_model_looks_at_its_own_images(run, shipped, images, tmp_path):
    out = tmp_path / "out"
    code, said, errors = run(images, "--model", "all", "--out", out, "--device", "cpu")
    assert (code, said.strip()) == (0, f"2 images have answers in {out}.")
    missing = [line for line in errors.splitlines() if line]
    assert [line.split("model ")[1].split()[0] for line in missing] == ["ppa", "glaucoma", "lesion"]
    assert sorted(file.name for file in (out / "eye.one").iterdir()) == ["disc_OD.png", "disc_cam.png"]
    mask, cam = _plane(out / "eye.one" / "disc_OD.png"), _plane(out / "eye.one" / "disc_cam.png")
    assert mask.shape == cam.shape == (240, 320)
    assert cam.dtype == np.uint8
    assert set(np.unique(mask)) == {0, 255}
    assert (mask > 0).sum() == pytest.approx(np.pi * 40 * 48, rel=0.05)
    form = json.loads((out / "eye.one.json").read_text())
    assert (form["width"], form["height"], form["modality"]) == (320, 240, "fundus")
    found = form["models"]["disc"]
    assert list(form["models"]) == ["disc"]
    assert len(found["weights_hash"]) == 64
    assert found["seconds"] >= 0
    assert len(found["points"]["OD"]) == 2
    scan = json.loads((out / "scan.json").read_text())
    assert scan["modality"] == "oct"
    assert sum(scan["models"]["oct"]["probabilities"]["oct"].values()) == pytest.approx(1, abs=1e-4)
    labels = {file.stem.partition("_")[2] for file in (out / "scan").iterdir()}
    assert {"drusen", "CNV", "fluid", "cam"} <= labels
    assert {"cam_normal", "cam_dme"} <= labels
    assert all(_plane(file).shape == (200, 300) for file in (out / "scan").iterdir())


def test_the_json_is_stable_and_keeps_what_other_models_said(run, shipped, images, tmp_path):
    out = tmp_path / "out"
    eye = images / "eye.one.png"
    run(eye, "--model", "disc", "--out", out)
    first = json.loads((out / "eye.one.json").read_text())
    run(images / "scan.png", "--model", "oct", "--out", out)
    run(eye, "--model", "disc", "--out", out)
    again = json.loads((out / "eye.one.json").read_text())
    for form in (first, again):
        del form["models"]["disc"]["seconds"]
    assert again == first
    text = (out / "eye.one.json").read_text()
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True) + "\n"
    form = json.loads(text)
    form["models"]["lesion"] = {"weights_hash": "x"}
    (out / "eye.one.json").write_text(json.dumps(form))
    run(eye, "--model", "disc", "--out", out)
    assert set(json.loads((out / "eye.one.json").read_text())["models"]) == {"disc", "lesion"}
    cv2.imwrite(
        str(eye), photograph()[:, ::-1, ::-1]
    )  # another image of that name: old answers are not its own
    run(eye, "--model", "disc", "--out", out)
    assert set(json.loads((out / "eye.one.json").read_text())["models"]) == {"disc"}


def test_nothing_found_is_an_empty_mask(run, tmp_path, images):
    disc_weights(tmp_path / "disc.safetensors", disc_network(bias=-99.0))
    options = ("--model", "disc", "--weights", tmp_path / "disc.safetensors", "--out", tmp_path / "out")
    assert run(images / "eye.one.png", *options)[0] == 0
    assert not _plane(tmp_path / "out" / "eye.one" / "disc_OD.png").any()


def test_a_bad_file_among_others_is_one_sentence(run, shipped, images, tmp_path):
    (images / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    cv2.imwrite(str(images / "black.png"), np.zeros((100, 100, 3), np.uint8))
    cv2.imwrite(str(images / "dot.png"), np.full((1, 1, 3), 99, np.uint8))
    code, said, errors = run(images, "--model", "disc", "--out", tmp_path / "out")
    assert code == 1
    assert "1 images have answers" in said
    lines = dict(line.split(" ", 1) for line in errors.splitlines())
    assert set(lines) == {"bad.png", "black.png:", "dot.png:", "scan.png:"}
    assert "damaged" in lines["bad.png"]
    assert "black all over" in lines["black.png:"]
    assert "1 x 1 pixels shows nothing" in lines["dot.png:"]
    assert (
        lines["scan.png:"] == "The image is an OCT B-scan, and the model disc looks at a fundus photograph."
    )
    assert (tmp_path / "out" / "eye.one.json").is_file()
    assert not (tmp_path / "out" / "scan.json").exists()


def test_what_an_image_is_can_be_said(run, shipped, images, tmp_path):
    options = ("--model", "disc", "--out", tmp_path / "out", "--modality", "fundus")
    assert run(images / "scan.png", *options)[0] == 0
    code, _, errors = run(images / "scan.png", *options[:-1], "oct")
    assert code == 1
    assert "looks at a fundus photograph" in errors


def test_two_inputs_of_one_name_are_refused_before_anything_is_written(run, shipped, images, tmp_path):
    (images / "more").mkdir()
    cv2.imwrite(str(images / "more" / "SCAN.jpg"), bscan())
    code, _, errors = run(images, "--model", "all", "--out", tmp_path / "out")
    assert code == 2
    assert "have the same name" in errors
    assert not (tmp_path / "out").exists()


def test_a_volume_gives_its_scans_numbers(run, shipped, tmp_path):
    pages = [bscan(), bscan(), bscan()]
    cv2.imwritemulti(str(tmp_path / "volume.tif"), pages)
    assert run(tmp_path / "volume.tif", "--model", "oct", "--out", tmp_path / "out")[0] == 0
    assert sorted(file.name for file in (tmp_path / "out").glob("*.json")) == [
        f"volume_b00{n}.json" for n in (1, 2, 3)
    ]


def test_weights_that_are_not_there_or_not_meant_are_one_sentence(run, images, tmp_path, shipped):
    out = ("--out", tmp_path / "out")
    (shipped / "oct.safetensors").unlink()
    code, _, errors = run(images / "scan.png", "--model", "all", *out)
    assert code == 1
    assert "scan.png: The image is an OCT B-scan, and no model for it has weights." in errors
    assert "name it with --model" in run(images, "--model", "all", "--weights", images / "scan.png", *out)[2]
    disc = shipped / "disc.safetensors"
    code, _, errors = run(images / "eye.one.png", "--model", "lesion", "--weights", disc, *out)
    assert code == 2
    assert "is for the model disc, not lesion" in errors
    code, _, errors = run(images, "--model", "disk", *out)
    assert (code, "no model 'disk'" in errors) == (2, True)
    disc.unlink()
    code, _, errors = run(images, "--model", "all", *out)
    assert code == 2
    assert errors.splitlines()[-1].startswith("No model has weights here")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "content", [b"", b"\x80\x04.", (2**62).to_bytes(8, "little") + b"{" * 50, b"PK\x03\x04" + b"0" * 99]
)
def test_a_weights_file_that_is_none_is_one_sentence(run, images, tmp_path, content):
    bad = tmp_path / "disc.safetensors"
    bad.write_bytes(content)
    options = ("--model", "disc", "--weights", bad, "--out", tmp_path / "out")
    code, _, errors = run(images / "eye.one.png", *options)
    assert code == 2
    assert len(errors.splitlines()) == 1
    assert "not a whole safetensors file" in errors
