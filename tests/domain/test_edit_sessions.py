"""Any session of edits, however long, undone is the grading it began with, and redone the one it ended with."""

import json
import random

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retina_studio.domain.combine import as_polygon, brushed, mirrored, united
from retina_studio.domain.edits import (
    ChangeShapes,
    JointEdit,
    SetAbsent,
    SetComment,
    SetGrade,
    add_shapes,
    change_shape,
    edit_from_dict,
    remove_shapes,
)
from retina_studio.domain.grading import Grading
from retina_studio.domain.labels import catalogue, scales
from retina_studio.domain.shapes import Ellipse, Point, Shape, new_shape
from retina_studio.study.importing import import_images
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems

_AREAS = [code for code, label in catalogue().items() if set(label.kinds) >= {"ellipse", "polygon"}]


def _geometry(rng):
    x, y = rng.uniform(0, 200), rng.uniform(0, 200)
    ellipse = Ellipse(x, y, rng.uniform(1, 20), rng.uniform(1, 20), rng.uniform(0, 180))
    return rng.choice([ellipse, as_polygon(ellipse, 1.0), brushed([(x, y), (x + 5, y + 9)], 3)])


def _added(rng, _):
    many = [new_shape(rng.choice(_AREAS), _geometry(rng)) for _ in range(rng.randint(1, 3))]
    fovea = new_shape("fovea", Point(rng.uniform(0, 200), rng.uniform(0, 200)))
    return add_shapes(*many, *([fovea] if rng.random() < 0.2 else []))


def _moved(rng, grading):
    shape = _any(rng, grading)
    return change_shape(shape, shape.with_geometry(shape.geometry.moved(rng.uniform(-9, 9), 1.5)), "Move")


def _mirrored(rng, grading):
    some = _some(rng, grading)
    return ChangeShapes(some, tuple(s.with_geometry(mirrored(s.geometry, 200)) for s in some), "Mirror")


def _relabelled(rng, grading):
    some = _some(rng, grading)
    code = rng.choice(_AREAS)
    changed = tuple(Shape(s.label if s.label == "fovea" else code, s.geometry, s.id, s.origin) for s in some)
    return ChangeShapes(some, changed, f"Relabel {code}")


def _deleted(rng, grading):
    return remove_shapes(*_some(rng, grading))


def _merged(rng, grading):
    """Several shapes replaced by their union: what uniting, carving and splitting look like to the history."""
    some = tuple(shape for shape in _some(rng, grading) if shape.label != "fovea")
    if not some:
        return None
    parts = united([shape.geometry for shape in some])
    kept = some[0].with_geometry(parts[0])
    return ChangeShapes(some, (kept, *(new_shape(kept.label, part) for part in parts[1:])), "Union")


def _graded(rng, grading):
    scale = rng.choice(list(scales()))
    return SetGrade(scale, grading.grades.get(scale), rng.choice([None, *scales()[scale].values]))


def _answered(rng, grading):
    code = rng.choice(["PPA", "OC", "NV"])
    return SetAbsent(code, code not in grading.absent)


def _commented(rng, grading):
    return SetComment(grading.comment, rng.choice(["", "faint", "blurred, see the other eye", "视盘"]))


def _joint(rng, grading):
    first = _graded(rng, grading)
    return JointEdit((first, _commented(rng, first.apply(grading))), "Grade and comment")


def _any(rng, grading):
    return rng.choice(list(grading.shapes.values()))


def _some(rng, grading):
    shapes = list(grading.shapes.values())
    return tuple(rng.sample(shapes, min(len(shapes), rng.randint(1, 4))))


_FREE = [_added, _graded, _answered, _commented, _joint]
_WITH_SHAPES = [_moved, _mirrored, _relabelled, _deleted, _merged]


def any_edit(rng, grading):
    """A random edit that fits this grading."""
    while True:
        edit = rng.choice(_FREE + (_WITH_SHAPES if grading.shapes else []))(rng, grading)
        if edit is not None:
            return edit


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from(_FREE + _WITH_SHAPES))
def test_every_kind_of_edit_reverted_is_as_if_it_was_never_made(seed, kind):
    rng = random.Random(seed)
    grading = Grading()
    for _ in range(12):
        grading = _added(rng, grading).apply(any_edit(rng, grading).apply(grading))
    edit = kind(rng, grading)
    if edit is not None:
        read = edit_from_dict(json.loads(json.dumps(edit.to_dict())))
        for form in (edit, read):
            assert form.revert(form.apply(grading)) == grading
        assert read.apply(grading) == edit.apply(grading)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 500))
def test_any_session_undone_is_its_start_and_redone_its_end(seed, length):
    rng = random.Random(seed)
    start = grading = _added(rng, None).apply(Grading())
    done = []
    for _ in range(length):
        done.append(any_edit(rng, grading))
        grading = done[-1].apply(grading)
    end = grading
    for edit in reversed(done):
        grading = edit.revert(grading)
    assert grading == start
    for edit in done:
        grading = edit.apply(grading)
    assert grading == end


@pytest.mark.parametrize("half", [20, pytest.param(250, marks=pytest.mark.slow)])
def test_edits_on_disk_survive_a_restart_and_undo_to_nothing(study, tmp_path, half):
    picture = tmp_path / "eye_OD.png"
    cv2.imwrite(str(picture), np.full((20, 20, 3), 90, np.uint8))
    import_images(study, [picture])
    study.add_grader("Ada")
    rng = random.Random(4)
    _make_edits(study, rng, half)
    folder, before = study.folder, _session(study).grading
    study.close()
    with Study.open(folder) as again:
        assert _session(again).grading == before
        _make_edits(again, rng, half)
        session = _session(again)
        end = session.grading
        assert len(session.history()) == 2 * half
        while session.undo():
            pass
        assert session.grading == _session(again).grading == Grading()
        while session.redo():
            pass
        assert session.grading == _session(again).grading == end
        assert study_problems(again) == []


def _session(study):
    return study.session(study.image("eye_OD"), study.grader("Ada"))


def _make_edits(study, rng, count):
    session = _session(study)
    for _ in range(count):
        session.apply(any_edit(rng, session.grading))
