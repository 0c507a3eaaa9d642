"""The commands of snapshots and backups, as typed."""

import json

import pytest

from retina_studio.cli import main
from retina_studio.domain.edits import SetAbsent, SetGrade, add_shapes
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.study.study import Study


@pytest.fixture
def graded(peopled):
    for picture in peopled.images():
        for grader in peopled.graders():
            session = peopled.session(picture, grader)
            session.apply(add_shapes(new_shape("OD", Ellipse(20, 20, 8, 9))))
            session.apply(SetGrade("dr", None, 1))
            session.apply(SetAbsent("PPA", True))
            session.submit(complete=False)
    return peopled


@pytest.fixture
def run(capsys):
    def run_command(*arguments, status=0):
        code = 0
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as error:
            code = error.code or 0
        told = capsys.readouterr()
        assert code == status, told.err
        assert "Traceback" not in told.err
        return told.out if status == 0 else told.err

    return run_command


def test_curate_verify_and_diff(graded, run, tmp_path):
    folder = tmp_path / "snapshots"
    assert str(folder) in run("curate", graded.folder, f"{folder}/")
    (first,) = folder.iterdir()
    assert run("verify", graded.folder, "--against", first) == f"{graded.folder} is whole.\n"
    assert run("diff", first, first) == "The content is the same: 3 images.\n"
    session = graded.session(graded.image("p1_OD"), graded.grader("Ada"))
    session.reopen()
    session.apply(SetGrade("dr", 1, 2))
    session.submit(complete=False)
    session = graded.session(graded.image("p1_OD"), graded.grader("Ben"))
    session.reopen()
    session.apply(SetGrade("dr", 1, 2))
    session.submit(complete=False)
    run("curate", graded.folder, tmp_path / "later.h5")
    told = run("diff", first, tmp_path / "later.h5")
    assert "changed  p1_OD: grade dr 1 -> 2" in told
    assert json.loads(run("diff", first, tmp_path / "later.h5", "--json"))["changed"][0]["grades"] == {
        "dr": [1, 2]
    }


def test_a_rewritten_study_does_not_pass(graded, run, tmp_path):
    run("curate", graded.folder, tmp_path / "s.h5")
    with Study.create(tmp_path / "other"):
        pass
    told = run("verify", tmp_path / "other", "--against", tmp_path / "s.h5", status=1)
    assert told == f"{tmp_path / 's.h5'} was curated from another study.\n"
    assert "name the study's folder first" in run(
        "verify", tmp_path / "s.h5", "--against", tmp_path / "s.h5", status=2
    )


def test_backup_and_restore(graded, run, tmp_path):
    assert "3 images" in run("backup", graded.folder, tmp_path / "backup")
    assert "3 images" in run("restore", tmp_path / "backup", tmp_path / "again")
    assert "is whole" in run("verify", tmp_path / "again")
    assert "is not empty" in run("restore", tmp_path / "backup", tmp_path / "again", status=2)
    graded.image_file(graded.image("p1_OD")).unlink()
    told = run("backup", graded.folder, tmp_path / "second", "--link", status=1)
    assert told.startswith("1 image files of the study are lost or were changed (p1_OD)")
