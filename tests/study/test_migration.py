"""A study that the first version of the program made is opened, migrated and worked with."""

import hashlib
import json
import sqlite3

import cv2
import numpy as np
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import select, text

from retina_studio.domain.edits import SetGrade
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.gist import Gist, gist_of
from retina_studio.domain.shapes import Ellipse, Shape
from retina_studio.study.audit import GENESIS
from retina_studio.study.database import MIGRATIONS, Database
from retina_studio.study.importing import import_images
from retina_studio.study.offered_forms import gist_content, load_gist
from retina_studio.study.schema import SCHEMA_REVISION, GistRow
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems

_IMAGE = {"name": "p1_OD", "sha256": "h1", "modality": "fundus", "eye": "OD", "patient": "P-1"}
_OLD_EVENTS = [
    ("system", "create", "study", {"software_version": "0.1"}),
    ("system", "add grader", "grader:1", {"name": "Ada", "role": "grader"}),
    ("system", "import", "image:1", _IMAGE),
    ("Ada", "edit", "image:1/grading:1", {"edit": "grade", "scale": "ppa", "before": None, "after": False}),
    ("system", "propose", "image:1", {"model": "lesion", "weights": "ab" * 32, "shapes": 3, "proposal": 1}),
]
_SHAPES = [
    Shape(label, Ellipse(9, 9, 2, 2), f"{label}-{n}").to_dict() for n, label in enumerate(("MA", "MA", "NV"))
]
_CAM = np.linspace(0, 255, 48).astype(np.uint8).reshape(6, 8)


@pytest.fixture
def old(tmp_path):
    """A study's folder as revision 0001 left it: one grader, one image, one open grading."""
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "study.toml").write_text('format = 1\nurl = "sqlite:///study.sqlite"\n')
    database = Database(f"sqlite:///{folder / 'study.sqlite'}")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    database.close()
    with sqlite3.connect(folder / "study.sqlite") as rows:
        rows.execute("INSERT INTO study VALUES (?, '2026', '0.1', ?, ?)", ("a" * 32, "11" * 32, _trail(rows)))
        rows.execute("INSERT INTO grader VALUES (1, 'Ada', 'grader')")
        rows.execute(
            "INSERT INTO image VALUES (1, 'p1_OD', 'ab/x.png', 'h1', 's1', "
            "'fundus', 'OD', 'P-1', 'train', 60, 40, '2026')"
        )
        rows.execute("INSERT INTO assignment VALUES (1, 1, 1, 'in progress', 0)")
        rows.execute("INSERT INTO grading VALUES (1, 1, 1, '{\"ppa\": false}', '[]', '', '2026', NULL)")
        rows.execute("INSERT INTO edit VALUES (1, 1, 1, 'applied', 4)")
        said = [json.dumps(each) for each in (_SHAPES, {"MA-0": 0.5, "MA-1": 0.25, "NV-2": 0.9}, {"dr": 4})]
        png = cv2.imencode(".png", _CAM)[1].tobytes()
        offer = (1, 1, "lesion", "ab" * 32, *said, png, 0.1, "2026")
        rows.execute("INSERT INTO proposal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", offer)
    rows.close()
    return folder


def _trail(rows):
    """Write the audit trail of these rows as that version wrote it; returns its last hash."""
    head = GENESIS
    for number, (who, what, subject, detail) in enumerate(_OLD_EVENTS, 1):
        content = ["2026", who, what, subject, json.dumps(detail, sort_keys=True)]
        head = hashlib.sha256(json.dumps([head, *content]).encode()).hexdigest()
        rows.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)", (number, *content, head))
    return head


def test_it_is_brought_to_the_newest_tables_and_works(old, pictures):
    with Study.open(old) as study:
        assert study.database.revision() == SCHEMA_REVISION
        (image,) = study.images()
        assert (image.name, image.eye, image.split) == ("p1_OD", "OD", "train")
        assert (image.spacing, image.acquired, image.volume, image.bscan, image.bscans) == (
            None,
            "",
            "",
            0,
            0,
        )
        study.session(image, study.grader("Ada")).apply(SetGrade("dr", None, 2))
        study.set_setting("required_grades", ["dr"], "Ada")
        assert import_images(study, [pictures]).imported == ["p1_OD-2", "p1_OS", "p2_OD"]
    with Study.open(old) as again:
        assert again.setting("required_grades") == ["dr"]
        assert again.session(again.image("p1_OD"), again.grader("Ada")).grading.grades == {
            "ppa": False,
            "dr": 2,
        }
        assert study_problems(again) == ["The file of image p1_OD is missing."]
        with sqlite3.connect(old / "study.sqlite") as rows:
            rows.execute('UPDATE grading SET grades = \'{"ppa": true, "dr": 2}\'')
        rows.close()
        assert "Ada's grading of p1_OD (version 1): grades was changed" in study_problems(again)[1]


def test_an_older_proposal_keeps_its_map_and_is_told_in_short(old):
    with Study.open(old) as study:
        image = study.image("p1_OD")
        (kept,) = study.proposals_of(image)
        assert list(kept.cams) == ["dr"]
        assert np.array_equal(np.rint(kept.cam * 255), _CAM)
        assert (len(kept.shapes), kept.scores["NV-2"], kept.grades) == (3, 0.9, {"dr": 4})
        assert (kept.probabilities, kept.measures) == ({}, {})
        with study.database.reading() as session:
            row = session.scalars(select(GistRow)).one()
        assert (row.proposal_id, row.image_id, row.model) == (1, 1, "lesion")
        assert row.content == gist_content(gist_of(kept))
        assert study_problems(study) == ["The file of image p1_OD is missing."]


def test_a_damaged_proposal_does_not_keep_the_study_shut(old):
    with sqlite3.connect(old / "study.sqlite") as rows:
        rows.execute("UPDATE proposal SET shapes = '[{]'")
    rows.close()
    with Study.open(old) as study, study.database.reading() as session:
        assert load_gist(session.scalars(select(GistRow.content)).one()) == Gist()


def test_a_study_of_a_newer_program_is_refused(old):
    with Study.open(old) as study, study.database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(RetinaError, match="newer Retina Studio"):
        Study.open(old)


def test_it_is_migrated_once(old):
    Study.open(old).close()
    before = (old / "study.sqlite").read_bytes()
    Study.open(old).close()
    assert (old / "study.sqlite").read_bytes() == before
