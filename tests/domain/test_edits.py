import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Answer, Grading, grading_from_dict
from retina_studio.domain.labels import scales
from retina_studio.domain.shapes import Ellipse, Point, new_shape

_SCALES = ("dr", "glaucoma", "ppa", "gradability")


@st.composite
def any_edit(draw, grading: Grading):
    """An edit that fits this grading."""
    kinds = ["add", "grade", "absent", "comment", "joint"] + (
        ["move", "remove", "relabel"] if grading.shapes else []
    )
    kind = draw(st.sampled_from(kinds))
    if kind == "add":
        ellipse = Ellipse(draw(st.integers(0, 99)), draw(st.integers(0, 99)), 3, 2)
        return add_shapes(*(new_shape("MA", ellipse) for _ in range(draw(st.integers(1, 3)))))
    if kind == "grade":
        scale = draw(st.sampled_from(_SCALES))
        after = draw(st.sampled_from([None, *scales()[scale].values]))
        return SetGrade(scale, grading.grades.get(scale), after)
    if kind == "absent":
        code = draw(st.sampled_from(["PPA", "OC"]))
        return SetAbsent(code, code not in grading.absent)
    if kind == "comment":
        return SetComment(grading.comment, draw(st.text(max_size=5)))
    if kind == "joint":
        absent, lesion = SetAbsent("MA", "MA" not in grading.absent), new_shape("MA", Ellipse(50, 50, 3, 2))
        return JointEdit((absent, add_shapes(lesion)), "Add MA")
    shape = draw(st.sampled_from(list(grading.shapes.values())))
    if kind == "move":
        return change_shape(
            shape, shape.with_geometry(shape.geometry.moved(1, draw(st.integers(-9, 9)))), "Move"
        )
    if kind == "remove":
        return remove_shapes(shape)
    return ChangeShapes((shape,), (new_shape("iHE", shape.geometry),), "Relabel")


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_any_session_of_edits_undone_is_empty(data):
    grading, done = Grading(), []
    for _ in range(data.draw(st.integers(1, 40))):
        edit = data.draw(any_edit(grading))
        after = edit.apply(grading)
        assert edit.revert(after) == grading
        assert edit_from_dict(json.loads(json.dumps(edit.to_dict()))) == edit
        assert edit.title
        grading = after
        done.append(edit)
    assert grading_from_dict(json.loads(json.dumps(grading.to_dict()))) == grading
    for edit in reversed(done):
        grading = edit.revert(grading)
    assert grading == Grading()


def test_an_edit_that_does_not_fit_is_refused():
    shape = new_shape("MA", Ellipse(1, 1, 1, 1))
    with pytest.raises(RetinaError, match="does not fit"):
        remove_shapes(shape).apply(Grading())
    with pytest.raises(RetinaError, match="there already"):
        add_shapes(shape).apply(Grading().with_shape(shape))


@pytest.mark.parametrize(
    "form", [{}, {"edit": "magic"}, {"edit": "shapes", "before": []}, {"edit": "grade", "scale": "x"}]
)
def test_broken_edits_get_one_sentence(form):
    with pytest.raises(RetinaError):
        edit_from_dict(form)


def test_what_a_grading_says_of_a_label():
    grading = Grading()
    assert grading.answer("MA") is Answer.SILENT
    for grade in scales()["dr"].values:
        assert grading.with_grade("dr", grade).answer("MA") is Answer.NONE
        assert grading.with_grade("dr", grade).answer("OD") is Answer.SILENT
    assert grading.with_grade("ppa", False).answer("PPA") is Answer.NONE
    assert grading.with_grade("ppa", True).answer("PPA") is Answer.SILENT
    assert grading.with_absent("OC", True).answer("OC") is Answer.NONE
    drawn = grading.with_grade("dr", 1).with_shape(new_shape("MA", Ellipse(5, 5, 2, 2)))
    assert drawn.answer("MA") is Answer.DRAWN


def test_a_point_leaves_no_area_in_the_mask():
    grading = Grading().with_shape(new_shape("OD", Point(5, 5)))
    assert not grading.mask("OD", 10, 10).any()


def test_submission_needs_gradability():
    assert Grading().missing("fundus") == ["Gradability"]
    assert Grading().with_grade("gradability", "good").missing("fundus") == []
