"""Large gradings: told from small ones, given up on the way, their history read without their shapes."""

import pytest
from sqlalchemy import update

from retina_studio.domain.edits import (
    ChangeShapes,
    JointEdit,
    SetAbsent,
    SetGrade,
    add_shapes,
    edit_from_dict,
    edit_title,
)
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import Ellipse, Polygon, new_shape
from retina_studio.study.schema import ShapeRow

LESIONS = [new_shape("MA", Ellipse(10.0 + n, 20, 3, 2)) for n in range(600)]


@pytest.fixture
def open_session(peopled):
    return lambda check=lambda: None: peopled.session(peopled.image("p1_OD"), peopled.grader("Ada"), check)


def is_large(study):
    return study.is_large(study.image("p1_OD"), study.grader("Ada"))


def test_many_shapes_or_many_vertices_make_a_grading_large(peopled, open_session):
    assert not is_large(peopled)
    session = open_session()
    session.apply(add_shapes(*LESIONS[:100]))
    assert not is_large(peopled)
    session.apply(add_shapes(*LESIONS[100:]))
    assert is_large(peopled)
    session.undo()
    assert not is_large(peopled)
    ring = tuple(Ellipse(50, 40, 30, 20).outline(20_000))
    session.apply(add_shapes(new_shape("OD", Polygon(ring))))
    assert is_large(peopled)


def test_the_titles_of_long_edits_are_read_from_the_end_of_their_rows(open_session):
    odd = 'Say "title": "x", {again}'
    session = open_session()
    session.apply(ChangeShapes((), tuple(LESIONS), odd))
    session.apply(JointEdit((SetAbsent("CWS", True), ChangeShapes(tuple(LESIONS), (), "inner")), "Clear all"))
    session.apply(SetAbsent("NV", True))
    assert [entry.title for entry in session.history()] == [odd, "Clear all", SetAbsent("NV", True).title]


def test_a_title_is_the_one_of_the_whole_edit():
    for edit in (add_shapes(LESIONS[0]), SetGrade("dr", None, 1), SetAbsent("NV", False)):
        assert edit_title(edit.to_dict()) == edit_from_dict(edit.to_dict()).title


def test_loading_can_be_given_up(open_session):
    open_session().apply(add_shapes(*LESIONS))

    def give_up():
        raise InterruptedError

    with pytest.raises(InterruptedError):
        open_session(give_up)
    assert len(open_session().grading.shapes) == len(LESIONS)


@pytest.mark.parametrize(
    "form", ['{"id": "brok', '{"id": "a"}', "[]", '{"id":"a","label":"MA","geometry":7}']
)
def test_a_damaged_shape_is_one_sentence(peopled, open_session, form):
    open_session().apply(add_shapes(LESIONS[0]))
    with peopled.database.transaction() as session:
        session.execute(update(ShapeRow).values(form=form))
    with pytest.raises(RetinaError, match=r"damaged|written wrongly"):
        open_session()
