"""Several proposed shapes in one edit, which can be taken back."""

from retina_studio.domain.accepting import acceptance_of
from retina_studio.domain.grading import Grading
from retina_studio.domain.shapes import Ellipse, new_shape


def _shape(code, x=50.0):
    return new_shape(code, Ellipse(x, 50, 5, 5), "proposal:lesion:abc")


def test_all_are_taken_by_one_edit_that_can_be_reverted():
    shapes = [_shape("MA"), _shape("MA", 80), _shape("HaEx")]
    edit = acceptance_of(Grading(), shapes)
    assert edit.title == "Accept 3 proposed shapes"
    after = edit.apply(Grading())
    assert list(after.shapes.values()) == shapes
    assert edit.revert(after) == Grading()


def test_of_a_single_label_the_first_is_taken_and_only_where_there_is_none():
    first, second, lesion = _shape("OD"), _shape("OD", 80), _shape("MA")
    edit = acceptance_of(Grading(), [first, second])
    assert (edit.after, edit.title) == ((first,), "Accept proposed OD")
    own = Grading().with_shape(second)
    assert acceptance_of(own, [first, lesion]).after == (lesion,)
    assert acceptance_of(own, [first]) is None


def test_what_is_accepted_already_stays_as_it_was_corrected():
    shape = _shape("MA")
    corrected = Grading().with_shape(shape.with_geometry(shape.geometry.moved(3, 0)))
    assert acceptance_of(corrected, [shape]) is None
