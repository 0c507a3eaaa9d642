"""The commands vote, adjudicate and agreement, as a person meets them."""

import json

import cv2
import numpy as np
import pytest

from retina_studio.cli import main
from retina_studio.domain.edits import SetGrade, add_shapes
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.study.access import blinded_names
from retina_studio.study.importing import import_images
from retina_studio.study.study import Study


@pytest.fixture
def folder(tmp_path):
    """A study of one image: its grade is disputed, and a lesion that Ada alone drew."""
    (tmp_path / "pictures").mkdir()
    picture = np.random.default_rng(3).integers(0, 255, (48, 64, 3), dtype=np.uint8)
    cv2.imwrite(str(tmp_path / "pictures" / "a_OD.png"), picture)
    with Study.create(tmp_path / "s") as study:
        import_images(study, [tmp_path / "pictures"], names="keep")
        study.add_grader("Zoe", "adjudicator")
        for grade, name in enumerate(("Ada", "Ben", "Cleo"), 1):
            session = study.session(study.image("a_OD"), study.add_grader(name))
            session.apply(SetGrade("dr", None, grade))
            if name == "Ada":
                session.apply(add_shapes(new_shape("MA", Ellipse(30, 20, 3, 3))))
            session.submit(complete=False)
    return tmp_path / "s"


@pytest.fixture
def run(capsys):
    """Call the command line; returns its exit status and what it printed."""

    def call(*arguments):
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return end.value.code or 0, captured.out, captured.err

    return call


def test_from_the_vote_to_the_agreement(folder, run, tmp_path):
    status, out, _ = run("vote", folder)
    assert status == 0
    assert "0 settled, 1 adjudication, 0 waiting" in out
    queue = json.loads(run("adjudicate", folder, "--json")[1])
    assert [(entry["image"], entry["open"]) for entry in queue] == [("a_OD", 2)]
    _, listed, _ = run("adjudicate", folder, "a_OD", "--list")
    assert "grade:dr:" in listed
    assert not any(name in listed for name in ("Ada", "Ben", "Cleo")), "the list is blinded"
    items = json.loads(run("adjudicate", folder, "a_OD", "--list", "--json")[1])["items"]
    keys = {item["kind"]: item["key"] for item in items}
    decide = ("adjudicate", folder, "a_OD", "--as", "Zoe", "--item")
    _, said, _ = run(*decide, keys["grade"], "--action", "choose", "--value", "2", "--reason", "seen twice")
    assert said == "a_OD: adjudication, 1 to decide\n"
    shapes = tmp_path / "shapes.json"
    shapes.write_text(json.dumps([Ellipse(31, 21, 3, 2).to_dict()]))
    _, said, _ = run(*decide, keys["lesion"], "--action", "redraw", "--geometries", shapes)
    assert said == "a_OD: settled\n"
    outcome = json.loads(run("vote", folder, "--json")[1])
    assert (outcome["settled"], outcome["recomputed"]) == (1, 0)
    (image,) = outcome["images"]
    assert (image["name"], image["grades"]) == ("a_OD", {"dr": 2})
    assert run(*decide, keys["lesion"], "--withdraw")[1] == "a_OD: adjudication, 1 to decide\n"
    assert run("agreement", folder, "--out", tmp_path / "agreement.json")[0] == 0
    written = json.loads((tmp_path / "agreement.json").read_text())
    assert written["graders"] == ["Ada", "Ben", "Cleo"]
    blind = json.loads(run("agreement", folder, "--blind", "--json")[1])
    assert "Ada" not in json.dumps(blind)


def test_a_drawing_is_kept_by_its_letter(folder, run):
    run("vote", folder)
    items = json.loads(run("adjudicate", folder, "a_OD", "--list", "--json")[1])["items"]
    key = next(item["key"] for item in items if item["kind"] == "lesion")
    with Study.open(folder) as study:
        letter = blinded_names(study, study.image("a_OD"), ["Ada", "Ben", "Cleo"])["Ada"]
    decide = ("adjudicate", folder, "a_OD", "--as", "Zoe", "--item", key, "--action", "keep", "--json")
    _, out, _ = run(*decide, "--grader", letter)
    (kept,) = [entry for entry in json.loads(out)["shapes"] if entry["shape"]["label"] == "MA"]
    assert set(kept["members"]) == {"Ada"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("agreement", "STUDY"), "--out"),
        (("adjudicate", "STUDY", "a_OD", "--item", "grade:dr:0"), "--as NAME"),
        (("adjudicate", "STUDY", "a_OD", "--as", "Zoe", "--item", "grade:dr:0"), "--action"),
        (("adjudicate", "STUDY", "a_OD", "--as", "Zoe", "--item", "x:y:z", "--action", "drop"), "changed"),
        (
            ("adjudicate", "STUDY", "a_OD", "--as", "Ada", "--item", "x:y:z", "--action", "drop"),
            "Only an adjudicator",
        ),
        (("adjudicate", "STUDY", "a_OD", "--list"), "run `vote` first"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(folder, run, arguments, sentence):
    status, _, said = run(*(folder if part == "STUDY" else part for part in arguments))
    assert status == 2
    assert sentence in said
    assert said.count("\n") == 1
