"""The commands of the model registry, as an engineer calls them."""

import json

import cv2
import numpy as np
import pytest
from tiny_weights import photograph, tiny_weights, two_discs

from retina_studio import paths
from retina_studio.cli import main


@pytest.fixture
def run(capsys):
    """Call the command line; returns what it printed on stdout."""

    def call(*arguments, code=0):
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        assert (end.value.code or 0) == code, captured.err
        return captured.err if code else captured.out

    return call


def refusal(run, *arguments):
    """The one sentence of a refused command."""
    text = run(*arguments, code=2).strip()
    assert "\n" not in text
    return text


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    folder = tmp_path / "resources"
    (folder / "weights").mkdir(parents=True)
    for entry in paths.resources().iterdir():
        if entry.name != "weights":
            (folder / entry.name).symlink_to(entry)
    monkeypatch.setattr(paths, "resources", lambda: folder)
    monkeypatch.setattr(paths, "shipped_weights", lambda: folder / "weights")
    return tiny_weights(folder / "weights" / "disc.safetensors", 0.6)


@pytest.fixture
def snapshot(tmp_path):
    return two_discs(tmp_path / "s.h5")


def test_from_a_file_to_the_current_version_and_back(run, tmp_path, shipped):
    assert json.loads(run("weights", "list", "--json"))[0]["hash"] == shipped
    digest = tiny_weights(tmp_path / "run" / "disc.safetensors", 0.4)
    assert "disc" in run("weights", "import", tmp_path / "run", "--sha256", digest, "--by", "Lind")
    assert "candidate" in run("weights", "list", "--model", "disc")
    assert "runs with" in run(
        "weights", "promote", "disc", digest[:8], "--reason", "finds more", "--by", "Lind"
    )
    card = run("weights", "show", "disc", "current")
    assert digest in card
    assert "val_dice: 0.875" in card
    assert f"Lind: promoted {digest[:12]} (finds more)" in card
    assert run("weights", "rollback", "disc", "--reason", "finds too much").strip() == (
        f"disc runs with {shipped[:12]} again."
    )
    run("weights", "promote", "disc", digest[:8], "--reason", "after all")
    run("weights", "retire", "disc", digest[:8], "--reason", "no")
    listed = json.loads(run("weights", "list", "--json"))
    assert [(entry["state"], entry["origin"]) for entry in listed] == [
        ("current", "shipped"),
        ("retired", "run"),
    ]
    told = json.loads(run("weights", "show", "disc", digest[:8], "--json"))
    assert [event["deed"] for event in told["history"]] == [
        "add", "promote", "roll back", "promote", "retire",
    ]  # fmt: skip
    run("weights", "export", "disc", digest[:8], tmp_path / "copy.safetensors")
    assert (tmp_path / "copy.safetensors").read_bytes() == (
        tmp_path / "run" / "disc.safetensors"
    ).read_bytes()


def test_each_refusal_is_one_sentence(run, tmp_path, shipped):
    (tmp_path / "bad.pt").write_bytes(b"PK\x03\x04" + b"\0" * 40)
    assert "can hold programs" in refusal(run, "weights", "import", tmp_path / "bad.pt")
    assert "0 weights files" in refusal(run, "weights", "import", _made(tmp_path / "empty"))
    assert "no weights 'abcdef1'" in refusal(run, "weights", "show", "disc", "abcdef1")
    assert "too short" in refusal(run, "weights", "promote", "disc", "abc", "--reason", "x")
    assert "were current before" in refusal(run, "weights", "rollback", "disc", "--reason", "x")


def _made(folder):
    folder.mkdir()
    return folder


def test_a_plain_file_of_an_older_version_is_listed(run, shipped, capsys):
    plain = paths.user_data() / "weights" / "disc.safetensors"
    digest = tiny_weights(plain, 0.4)
    assert [entry["hash"] for entry in json.loads(run("weights", "list", "--json"))] == [shipped, digest]
    assert not plain.exists()


def test_what_changed_on_the_held_out_images(run, tmp_path, shipped, snapshot):
    tiny_weights(tmp_path / "new.safetensors", 0.4)
    digest = run("weights", "import", tmp_path / "new.safetensors").split()[1]
    told = json.loads(run("weights", "compare", "disc", "shipped", digest, "--images", snapshot, "--json"))
    assert {image["name"]: image["verdict"] for image in told["images"]} == {
        "narrow": "worse",
        "wide": "better",
    }
    (line,) = told["totals"]
    assert (line["name"], line["kind"], line["images"], line["better"], line["worse"]) == (
        "OD",
        "mask",
        2,
        1,
        1,
    )
    text = run("weights", "compare", "disc", "shipped", digest, "--images", snapshot)
    assert text.index("narrow") < text.index("wide")
    assert "other" not in text
    assert "no fundus image in the split 'val'" in refusal(
        run, "weights", "compare", "disc", "shipped", digest, "--images", snapshot, "--split", "val"
    )


def test_images_without_truth_show_where_both_differ(run, tmp_path, shipped):
    folder = _made(tmp_path / "photographs")
    cv2.imwrite(str(folder / "a.png"), photograph()[0])
    cv2.imwrite(str(folder / "b.png"), np.full((60, 80, 3), 30, np.uint8))
    run("init", tmp_path / "study")
    run("import", tmp_path / "study", folder)
    tiny_weights(tmp_path / "new.safetensors", 0.4)
    digest = run("weights", "import", tmp_path / "new.safetensors").split()[1]
    for images in (folder, tmp_path / "study"):
        told = json.loads(run("weights", "compare", "disc", "shipped", digest, "--images", images, "--json"))
        first, second = told["images"]
        assert (first["verdict"], first["change"]) == ("unknown", None)
        assert 0.3 < first["overlap"]["OD"] < 0.8
        assert second["overlap"]["OD"] == 1.0
    assert "Nothing is settled" in run("weights", "compare", "disc", "shipped", digest, "--images", folder)
