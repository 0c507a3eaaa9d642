"""Edits that unite, carve, divide, convert, copy and relabel shapes."""

import pytest

from retina_studio.domain.copying import Copied, copied_from_json, paste
from retina_studio.domain.edits import ChangeShapes, add_shapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.geometry import area
from retina_studio.domain.grading import Grading
from retina_studio.domain.shape_edits import (
    add_area,
    carve,
    convert,
    cut_hole,
    divide,
    duplicate,
    fill_holes,
    relabel,
    subtract,
    unite,
    within_frame,
)
from retina_studio.domain.shapes import Ellipse, Point, Polygon, new_shape

CODES = ("MA", "OD", "PPA", "fovea")


def box(left, top, width, height):
    right, bottom = left + width, top + height
    return Polygon(((left, top), (right, top), (right, bottom), (left, bottom)))


def grading_of(*shapes):
    return Grading({shape.id: shape for shape in shapes})


def made(edit: ChangeShapes, *shapes):
    """The shapes after the edit; taking it back must give the old ones."""
    before = grading_of(*shapes)
    after = edit.apply(before)
    assert edit.revert(after) == before
    return list(after.shapes.values())


def test_shapes_that_touch_become_one_and_the_others_stay():
    large, small, far = (
        new_shape("MA", box(*sides)) for sides in [(0, 0, 9, 9), (8, 0, 4, 4), (50, 50, 3, 3)]
    )
    edit = unite([large, small, far])
    shapes = made(edit, large, small, far)
    assert {shape.id for shape in shapes} == {large.id, far.id}
    assert area(next(shape for shape in shapes if shape.id == large.id).geometry) == 81 + 16 - 4
    assert far in shapes
    assert edit.title == "Unite 2 shapes"


@pytest.mark.parametrize(
    ("shapes", "reason"),
    [
        ([new_shape("MA", box(0, 0, 9, 9))], "two or more"),
        ([new_shape("MA", box(0, 0, 9, 9)), new_shape("PPA", box(0, 0, 9, 9))], "one label"),
        ([new_shape("MA", box(0, 0, 9, 9)), new_shape("MA", box(20, 0, 9, 9))], "do not touch"),
    ],
)
def test_what_cannot_be_united_says_why(shapes, reason):
    with pytest.raises(RetinaError, match=reason):
        unite(shapes)


def test_the_largest_loses_what_the_smaller_cover_and_these_stay():
    atrophy, disc = new_shape("PPA", box(0, 0, 20, 20)), new_shape("OD", box(0, 0, 10, 10))
    edit = subtract([disc, atrophy])
    shapes = made(edit, atrophy, disc)
    assert disc in shapes
    assert area(shapes[0].geometry) == 300
    assert (shapes[0].id, edit.title) == (atrophy.id, "Subtract OD from PPA")


@pytest.mark.parametrize(
    ("other", "reason"), [(box(30, 30, 5, 5), "do not overlap"), (box(0, 0, 20, 20), "Nothing of this")]
)
def test_what_cannot_be_subtracted_says_why(other, reason):
    with pytest.raises(RetinaError, match=reason):
        subtract([new_shape("PPA", box(0, 0, 20, 20)), new_shape("MA", other)])


def test_parts_keep_the_label_and_the_largest_the_id():
    bar = new_shape("PPA", box(0, 0, 30, 10))
    shapes = made(carve([bar], box(20, -1, 2, 12)), bar)
    assert [area(shape.geometry) for shape in shapes] == [200, 80]
    assert shapes[0].id == bar.id
    assert {shape.label for shape in shapes} == {"PPA"}


def test_a_single_label_keeps_its_largest_part_only():
    disc = new_shape("OD", box(0, 0, 30, 10))
    assert [area(shape.geometry) for shape in made(carve([disc], box(20, -1, 2, 12)), disc)] == [200]
    with pytest.raises(RetinaError, match="only one OD"):
        divide(disc, ((15, -5), (15, 15)))


def test_many_shapes_are_carved_as_each_alone():
    shapes = [new_shape("MA", box(x, 0, 4, 4)) for x in range(0, 60, 5)]
    stroke = box(7, -1, 31, 9)
    together = carve(shapes, stroke)
    alone = [edit for shape in shapes if (edit := carve([shape], stroke)) is not None]
    assert together.before == tuple(shape for edit in alone for shape in edit.before)
    assert together.after == tuple(shape for edit in alone for shape in edit.after)
    assert 0 < len(together.after) < len(shapes)


def test_what_is_carved_away_wholly_is_removed_and_what_is_not_touched_stays():
    small, far, fovea = new_shape("MA", box(0, 0, 3, 3)), new_shape("MA", box(50, 0, 3, 3)), Point(1, 1)
    point = new_shape("fovea", fovea)
    assert made(carve([small, far, point], box(-1, -1, 9, 9)), small, far, point) == [far, point]
    assert carve([far], box(0, 0, 5, 5)) is None


def test_a_cut_leaves_two_shapes():
    square = new_shape("PPA", box(0, 0, 10, 10))
    assert sorted(area(s.geometry) for s in made(divide(square, ((4, -1), (4, 11))), square)) == [40, 60]


def test_an_area_is_added_only_where_it_touches():
    square = new_shape("PPA", box(0, 0, 10, 10))
    assert area(made(add_area(square, box(5, 0, 10, 10)), square)[0].geometry) == 150
    assert add_area(square, box(40, 0, 10, 10)) is None


def test_holes_are_cut_and_filled():
    disc = new_shape("OD", Ellipse(50, 50, 30, 30))
    (holed,) = made(cut_hole(disc, box(45, 45, 10, 10).points), disc)
    assert len(holed.geometry.holes) == 1
    (filled,) = made(fill_holes([holed]), holed)
    assert filled.geometry.holes == ()
    with pytest.raises(RetinaError, match="has a hole"):
        fill_holes([disc])


def test_conversion_there_and_back():
    disc = new_shape("OD", Ellipse(50, 50, 30, 20, 25))
    (polygon,) = made(convert([disc]), disc)
    assert isinstance(polygon.geometry, Polygon)
    (back,) = made(convert([polygon]), polygon)
    for name in ("x", "y", "a", "b", "angle"):
        assert getattr(back.geometry, name) == pytest.approx(getattr(disc.geometry, name), abs=0.05)
    with pytest.raises(RetinaError, match="no area"):
        convert([new_shape("fovea", Point(3, 3))])


def test_duplicates_are_new_and_shifted():
    lesion = new_shape("MA", box(0, 0, 3, 3))
    first, copy = made(duplicate([lesion], 5, 6), lesion)
    assert (first, copy.geometry.box) == (lesion, (5, 6, 8, 9))
    with pytest.raises(RetinaError, match="only one OD"):
        duplicate([new_shape("OD", box(0, 0, 3, 3))], 5, 5)


def test_relabelling():
    lesions = [new_shape("MA", box(0, 0, 3, 3)), new_shape("HaEx", box(9, 0, 3, 3))]
    edit = relabel(grading_of(*lesions), lesions, "HaEx")
    assert {shape.label for shape in made(edit, *lesions)} == {"HaEx"}
    assert edit.title == "Relabel MA to HaEx"
    disc = new_shape("OD", box(20, 0, 3, 3))
    shapes = made(relabel(grading_of(*lesions, disc), lesions[:1], "OD"), *lesions, disc)
    assert [shape.id for shape in shapes if shape.label == "OD"] == [lesions[0].id]
    for chosen, code, reason in [
        (lesions, "OC", "only one OC"),
        (lesions[1:], "HaEx", "already"),
        ([], "MA", "Select"),
        (lesions[:1], "fovea", "cannot be"),
    ]:
        with pytest.raises(RetinaError, match=reason):
            relabel(grading_of(*lesions), chosen, code)


def test_an_edit_is_clipped_to_the_frame():
    over, inside = new_shape("OD", Ellipse(0, 50, 20, 20)), new_shape("MA", Ellipse(50, 50, 5, 5))
    edit = within_frame(add_shapes(over, inside), 100, 100)
    assert edit.after[0].geometry.box == pytest.approx((0, 30, 20, 70), abs=0.3)
    assert edit.after[1] is inside
    unchanged = add_shapes(inside)
    assert within_frame(unchanged, 100, 100) is unchanged
    with pytest.raises(RetinaError, match="outside the image"):
        within_frame(add_shapes(new_shape("MA", Ellipse(-50, 50, 5, 5))), 100, 100)


def test_relabelling_clips_nothing():
    over = new_shape("MA", Ellipse(0, 50, 20, 20))
    edit = relabel(grading_of(over), [over], "HaEx")
    assert within_frame(edit, 100, 100) is edit


# Copying


def test_copies_survive_their_text():
    copied = Copied(
        (new_shape("MA", Ellipse(5, 6, 3, 2, 30)), new_shape("PPA", box(0, 0, 3, 3))), 100, 80, "OD"
    )
    assert copied_from_json(copied.to_json()) == copied


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"shapes": [3], "width": 1, "height": 1}', '{"shapes": []}']
)
def test_anything_else_on_the_clipboard_is_refused(text):
    with pytest.raises(RetinaError, match=r"holds no shapes|written wrongly"):
        copied_from_json(text)


def test_pasting_at_the_same_place_mirrored_and_scaled():
    disc = new_shape("OD", Ellipse(20, 30, 9, 6, 40))
    copied = Copied((disc,), 100, 80, "OD")
    (same,) = paste(copied, Grading(), (100, 80), CODES).after
    assert (same.geometry, same.id != disc.id) == (disc.geometry, True)
    (other_eye,) = paste(copied, Grading(), (100, 80), CODES, mirror=True).after
    assert other_eye.geometry.box == pytest.approx(
        (100 - disc.geometry.box[2], disc.geometry.box[1], 100 - disc.geometry.box[0], disc.geometry.box[3])
    )
    (larger,) = paste(copied, Grading(), (200, 200), CODES).after
    form = larger.geometry
    assert (form.x, form.y, form.a, form.b, form.angle) == (40, 80, 18, 12, 40)


def test_pasting_replaces_a_single_label_and_shifts_a_copy_on_itself():
    disc, lesion = new_shape("OD", Ellipse(20, 30, 9, 6)), new_shape("MA", Ellipse(60, 30, 3, 3))
    grading = grading_of(disc, lesion)
    edit = paste(Copied((disc,), 100, 80, ""), grading, (100, 80), CODES)
    assert edit.before == (disc,)
    (copy,) = paste(Copied((lesion,), 100, 80, ""), grading, (100, 80), CODES).after
    assert (copy.geometry.x, copy.geometry.y) == (72, 42)
    with pytest.raises(RetinaError, match="other modality"):
        paste(Copied((new_shape("drusen", box(0, 0, 3, 3)),), 100, 80, ""), grading, (100, 80), CODES)
    with pytest.raises(RetinaError, match="no shapes"):
        paste(Copied((), 100, 80, ""), grading, (100, 80), CODES)


def test_a_copy_beside_a_single_label_does_not_hide_on_its_original():
    lesion, disc = new_shape("MA", Ellipse(30, 30, 4, 4)), new_shape("OD", Ellipse(60, 50, 15, 18))
    made = paste(
        Copied((lesion, disc), 100, 100, "OD"), grading_of(lesion, disc), (100, 100), ["MA", "OD"]
    ).after
    assert made[0].geometry.centre == (42, 42)
    assert made[1].geometry == disc.geometry
