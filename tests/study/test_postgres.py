"""Many programs on one PostgreSQL study at once: nobody waits for ever, and nobody's work is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from retina_studio.domain.edits import SetGrade, add_shapes
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.study.assigning import assign
from retina_studio.study.importing import import_images
from retina_studio.study.records import ChangedElsewhereError
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems


@pytest.fixture
def shared(tmp_path, postgres_url, pictures):
    with Study.create(tmp_path / "study", postgres_url) as study:
        import_images(study, [pictures])
        for name in ("Ada", "Ben", "Cleo"):
            study.add_grader(name)
        yield study


def test_assigning_editing_and_submitting_at_once_ends_well(shared):
    """Each in its own program's connections; the order of their locks keeps them from waiting for each other."""

    def grade(name):
        with Study.open(shared.folder) as study:
            for image in study.images():
                session = study.session(image, study.grader(name))
                for x in range(5):
                    edit = add_shapes(new_shape("MA", Ellipse(5.0 + x, 10, 3, 2)))
                    try:
                        session.apply(edit)
                    except ChangedElsewhereError:  # it was given at the moment it was begun
                        session.apply(edit)
                session.undo()
                session.submit(complete=False)
                session.reopen()
        return len(study.images())

    def give(seed):
        with Study.open(shared.folder) as study:
            for turn in range(4):
                assign(study, per_image=3, seed=seed + turn)

    with ThreadPoolExecutor(5) as pool:
        graded = [pool.submit(grade, name) for name in ("Ada", "Ben", "Cleo")]
        given = [pool.submit(give, seed) for seed in (1, 2)]
        assert [done.result(60) for done in graded] == [3, 3, 3]
        for done in given:
            done.result(60)
    for name in ("Ada", "Ben", "Cleo"):
        for image in shared.images():
            assert len(shared.session(image, shared.grader(name)).grading.shapes) == 4
    assert study_problems(shared) == []


def test_of_two_first_edits_at_the_same_moment_one_is_told(shared):
    image, grader = shared.image("p1_OD"), shared.grader("Ada")
    start, outcomes = threading.Barrier(2), []

    def edit(session):
        start.wait(10)
        try:
            session.apply(SetGrade("dr", None, 1))
            outcomes.append("made")
        except ChangedElsewhereError:
            outcomes.append("told")

    threads = [threading.Thread(target=edit, args=(shared.session(image, grader),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["made", "told"]
    assert study_problems(shared) == []


def test_two_imports_at_once_take_each_image_once(shared, pictures, tmp_path):
    import cv2
    import numpy as np

    more = tmp_path / "more"
    more.mkdir()
    rng = np.random.default_rng(9)
    for number in range(12):
        cv2.imwrite(str(more / f"n{number}.png"), rng.integers(0, 255, (40, 60, 3), dtype=np.uint8))

    def take(_):
        with Study.open(shared.folder) as study:
            return len(import_images(study, [more]).imported)

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(take, range(2))) == 12
    assert len(shared.images()) == 15
    assert study_problems(shared) == []
