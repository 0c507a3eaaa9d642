import numpy as np
import pytest

from retina_studio.domain.edits import SetAbsent, SetGrade, add_shapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import paint
from retina_studio.domain.shapes import Ellipse, Point, new_shape
from retina_studio.images.read import read_image
from retina_studio.store.read import Snapshot
from retina_studio.store.verify import verify_snapshot
from retina_studio.study.consensus import run_vote
from retina_studio.study.curation import curate, split_patients
from retina_studio.study.records import ImageRecord


def image(number, patient, split=""):
    return ImageRecord(number, f"i{number}", "f", "0" * 64, "fundus", "", patient, split, 10, 10)


@pytest.fixture
def graded(peopled):
    """Every image with three discs that lie two pixels apart, a fovea, a grade, and no PPA."""
    for picture in peopled.images():
        for k, grader in enumerate(peopled.graders()):
            session = peopled.session(picture, grader)
            session.apply(add_shapes(new_shape("OD", Ellipse(20 + 2 * k, 20, 8, 9))))
            session.apply(add_shapes(new_shape("fovea", Point(45 + k, 22))))
            session.apply(SetGrade("glaucoma", None, k == 0))
            session.apply(SetAbsent("PPA", True))
            session.submit(complete=False)
    return peopled


def test_the_snapshot_holds_what_two_of_three_said(graded, tmp_path):
    digest = curate(graded, tmp_path / "s.h5")
    assert verify_snapshot(tmp_path / "s.h5") == []
    with Snapshot(tmp_path / "s.h5") as snapshot:
        assert snapshot.content_hash == digest
        assert [entry.name for entry in snapshot.entries] == ["p1_OD", "p1_OS", "p2_OD"]
        for entry in snapshot.entries:
            record = graded.image(entry.name)
            assert np.array_equal(snapshot.pixels(entry.index), read_image(graded.image_file(record)))
            middle = Ellipse(22, 20, 8, 9)  # of three discs in a row, two of three is about the middle one
            expected = np.zeros((40, 60), bool)
            paint(expected, middle)
            plane = snapshot.mask(entry.index, "OD")
            assert (plane == 255).sum() == pytest.approx(expected.sum(), rel=0.05)
            assert not snapshot.mask(entry.index, "PPA").any()
            assert snapshot.point(entry.index, "fovea") == (46, 22)
            assert entry.grades == {"glaucoma": False}
            again = np.zeros((40, 60), bool)
            for shape in snapshot.shapes(entry.index):
                if shape.label == "OD":
                    paint(again, shape.geometry)
            assert np.array_equal(again, plane == 255)
            assert set(snapshot.layers(entry.index)) == {"grader-1", "grader-2", "grader-3"}


def test_nobodys_name_is_in_the_snapshot(graded, tmp_path):
    curate(graded, tmp_path / "s.h5")
    with Snapshot(tmp_path / "s.h5") as snapshot:
        said = str([snapshot.votes(n) for n in range(3)]) + str(snapshot.entries)
    for name in ("Ada", "Ben", "Cleo"):
        assert name not in said


def test_the_same_study_gives_the_same_hash_and_an_edit_another(graded, tmp_path):
    first = curate(graded, tmp_path / "a.h5")
    assert curate(graded, tmp_path / "b.h5") == first
    session = graded.session(graded.image("p1_OD"), graded.grader("Ada"))
    session.reopen()
    session.apply(SetGrade("gradability", None, "good"))
    session.submit()
    assert curate(graded, tmp_path / "c.h5") != first


def test_an_image_in_dispute_stays_out(graded, tmp_path):
    session = graded.session(graded.image("p1_OD"), graded.grader("Ada"))
    for value, name in ((0, "Ada"), (2, "Ben"), (4, "Cleo")):
        session = graded.session(graded.image("p1_OD"), graded.grader(name))
        session.reopen()
        session.apply(SetGrade("dr", None, value))
        session.submit(complete=False)
    assert run_vote(graded)["p1_OD"].state == "adjudication"
    curate(graded, tmp_path / "s.h5")
    with Snapshot(tmp_path / "s.h5") as snapshot:
        assert [entry.name for entry in snapshot.entries] == ["p1_OS", "p2_OD"]


def test_a_reopened_grading_counts_as_it_was_submitted(graded):
    session = graded.session(graded.image("p1_OD"), graded.grader("Ada"))
    session.reopen()
    session.apply(SetGrade("glaucoma", True, False))
    assert run_vote(graded)["p1_OD"].votes["glaucoma"]["Ada"] is True


def test_nothing_settled_is_refused_and_writes_nothing(peopled, tmp_path):
    with pytest.raises(RetinaError, match="3 of 3 images wait for graders"):
        curate(peopled, tmp_path / "s.h5")
    assert not (tmp_path / "s.h5").exists()


def test_a_patient_is_in_one_split():
    images = [image(n, f"p{n // 2}") for n in range(200)]
    splits = split_patients(images)
    shares = {split: sum(value == split for value in splits.values()) for split in ("train", "val", "test")}
    assert 55 <= shares["train"] <= 85
    assert min(shares.values()) >= 5


def test_patients_keep_their_split_when_others_come():
    few = split_patients([image(n, f"p{n}") for n in range(50)])
    more = split_patients([image(n, f"p{n}") for n in range(80)])
    assert all(more[patient] == split for patient, split in few.items())


@pytest.mark.parametrize("patients", [3, 4, 7])
def test_no_split_is_empty_from_three_patients_on(patients):
    splits = split_patients([image(n, f"p{n}") for n in range(patients)])
    assert set(splits.values()) == {"train", "val", "test"}


def test_a_split_that_was_given_is_kept_and_a_leak_refused():
    assert split_patients([image(1, "a", "test"), image(2, "a", "test")]) == {"a": "test"}
    with pytest.raises(RetinaError, match="two splits"):
        split_patients([image(1, "a", "test"), image(2, "a", "train")])
