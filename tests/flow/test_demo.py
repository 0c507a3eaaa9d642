"""The whole river on phantoms, small: from image files to a corrected proposal and the report."""

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.gui.demo import river, subjects
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems


def test_the_river_runs_end_to_end(tmp_path, qtbot, shipped_weights):
    out = tmp_path / "out"
    out.mkdir()
    chosen = subjects.phantom_subjects(out / "phantoms", count=9)
    with Study.create(out / "study") as study:
        window = river.carry_through(river.Demo(out, chosen, study), seconds_training=4)
        qtbot.addWidget(window)
        window.close()
        assert study_problems(study) == []
        worklist = study.worklist(study.grader("Dr Bruno"))
        states = {
            entry.state for entry in worklist if entry.image.modality == "fundus"
        }  # the B-scan came last
        assert states == {"submitted"}
    report = (out / "report.html").read_text("utf-8")
    assert "Untrained start" in report
    assert (out / "training.png").stat().st_size > 5000
    events = [json.loads(line) for line in (out / "run" / "events.jsonl").read_text("utf-8").splitlines()]
    assert {"localiser", "decoder"} <= {event.get("stage") for event in events}
    pictures = sorted(out.glob("[0-9][0-9]-*.png"))
    assert len(pictures) >= 10
    assert sum("shipped" in picture.name for picture in pictures) == 2
    for picture in pictures:
        assert picture.name in report
        assert np.unique(cv2.imread(str(picture), cv2.IMREAD_GRAYSCALE)).size > 40, f"{picture.name} is blank"


def test_masks_beside_photographs_are_what_the_graders_draw(tmp_path):
    for folder in ("images", "od_graders", "HaEx"):
        (tmp_path / folder).mkdir()
    counts = np.zeros((60, 80), np.uint8)
    for least, radius in ((1, 14), (2, 11), (3, 8), (4, 5)):
        cv2.circle(counts, (40, 30), radius, least, -1)
    for name in "abcdef":
        cv2.imwrite(str(tmp_path / "images" / f"{name}.png"), np.full((60, 80, 3), 99, np.uint8))
        cv2.imwrite(str(tmp_path / "od_graders" / f"{name}.png"), counts)
        cv2.imwrite(str(tmp_path / "HaEx" / f"{name}.png"), np.zeros((60, 80), np.uint8))
    found = subjects.photograph_subjects(tmp_path / "images", tmp_path / "phantoms")
    assert len(found.images) == 6
    for least, grading in enumerate(found.images[0].gradings, start=1):
        drawn = grading.mask("OD", 60, 80)
        truth = counts >= least
        assert (drawn & truth).sum() / (drawn | truth).sum() > 0.9
        assert grading.labelled("HaEx") == []


def test_files_that_cannot_be_imported_are_left_out(tmp_path):
    drawn = subjects.phantom_subjects(tmp_path / "phantoms", count=2)
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 nothing")
    copy = tmp_path / "copy.png"
    copy.write_bytes(drawn.images[0].file.read_bytes())
    extra = [subjects.Subject(file, drawn.images[0].gradings) for file in (broken, copy)]
    with Study.create(tmp_path / "study") as study:
        demo = river.Demo(tmp_path, replace(drawn, images=[*drawn.images, *extra]), study)
        river._import(demo)
        assert len(demo.subjects.images) == len(study.images()) == 2


def test_photographs_without_masks_get_phantoms_to_learn_from(tmp_path):
    folder = tmp_path / "holiday"
    folder.mkdir()
    cv2.imwrite(str(folder / "eye.jpg"), np.full((60, 80, 3), 99, np.uint8))
    found = subjects.photograph_subjects(folder, tmp_path / "phantoms")
    assert len(found.images) == subjects.PHANTOMS + 1
    assert found.images[-1].gradings == ()
    assert "phantoms" in found.notes[0]


def test_a_wrong_folder_gets_one_sentence_and_nothing_is_cleared(tmp_path):
    with pytest.raises(RetinaError, match="is not a folder"):
        subjects.photograph_subjects(tmp_path / "none", tmp_path)
    with pytest.raises(RetinaError, match="holds no JPEG"):
        subjects.photograph_subjects(tmp_path, tmp_path)
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(RetinaError, match="no demo made"):
        river.run_demo(tmp_path, None, 1, offscreen=True)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
