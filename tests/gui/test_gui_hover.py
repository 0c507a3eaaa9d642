"""What lies under the pointer, decided without a window."""

import time

import numpy as np
import pytest

from retina_studio.domain.shapes import Ellipse, Point, Polygon, new_shape
from retina_studio.gui.canvas.hover import find_hover_target, inside_band, is_over
from retina_studio.gui.canvas.scene import scene_of

DISC = new_shape("OD", Ellipse(100, 100, 40, 30, 0))
LESION = new_shape("MA", Ellipse(100, 100, 5, 5, 0))
SQUARE = new_shape("PPA", Polygon(((200, 200), (260, 200), (260, 260), (200, 260))))
FOVEA = new_shape("fovea", Point(300, 50))
SCENE = scene_of([LESION, DISC, SQUARE, FOVEA])


def _at(x, y, scale=1.0, selected=(), hidden=()):
    return find_hover_target(SCENE, x, y, scale, selected, hidden)


def test_nothing():
    assert _at(10, 10) is None


def test_the_smallest_shape_wins_though_drawn_first():
    assert _at(100, 100).shape_id == LESION.id
    assert _at(120, 100).shape_id == DISC.id


def test_of_equal_shapes_the_last_drawn_wins():
    twins = [new_shape("MA", Ellipse(10, 10, 5, 5)) for _ in range(2)]
    assert find_hover_target(scene_of(twins), 10, 10, 1.0).shape_id == twins[1].id


def test_an_outline_is_hit_a_little_outside_by_screen_pixels():
    assert _at(144, 100).shape_id == DISC.id
    assert _at(146, 100) is None
    assert _at(144, 100, scale=4.0) is None
    assert _at(198, 230).shape_id == SQUARE.id


def test_a_corner_of_the_box_is_not_the_shape():
    assert _at(62, 72) is None


def test_a_point_is_hit_within_its_mark():
    assert _at(306, 50).shape_id == FOVEA.id
    assert _at(310, 50) is None


def test_handles_of_the_lone_selected_ellipse():
    end = _at(140, 101, selected=[DISC.id])
    assert (end.part, end.handle.kind, end.handle.index) == ("handle", "axis", 0)
    grip = _at(100, 70 - 26, selected=[DISC.id])
    assert (grip.part, grip.handle.kind) == ("handle", "rotate")
    assert _at(100, 70 - 26) is None


def test_several_selected_shapes_offer_no_handles():
    assert _at(140, 101, selected=[DISC.id, SQUARE.id]).part == "body"


def test_vertices_and_edges_of_the_selected_polygon():
    corner = _at(261, 201, selected=[SQUARE.id])
    assert (corner.part, corner.handle.kind, corner.handle.index) == ("handle", "vertex", 1)
    edge = _at(230, 262, selected=[SQUARE.id])
    assert (edge.part, edge.ring, edge.index) == ("edge", 0, 2)
    assert _at(230, 230, selected=[SQUARE.id]).part == "body"


def test_the_hole_of_a_polygon_is_not_its_body_but_has_vertices():
    ring = new_shape(
        "PPA", Polygon(((0, 0), (90, 0), (90, 90), (0, 90)), (((30, 30), (60, 30), (60, 60), (30, 60)),))
    )
    scene = scene_of([ring])
    assert find_hover_target(scene, 45, 45, 1.0) is None
    hit = find_hover_target(scene, 30, 60, 1.0, [ring.id])
    assert (hit.handle.ring, hit.handle.index) == (1, 3)


def test_hidden_labels_are_not_hit():
    assert _at(100, 100, hidden={"MA"}).shape_id == DISC.id
    assert _at(100, 100, hidden={"MA", "OD"}) is None
    assert _at(140, 101, selected=[DISC.id], hidden={"OD"}) is None


def test_a_selection_that_is_gone_does_no_harm():
    assert _at(100, 100, selected=["gone"]).shape_id == LESION.id


def test_a_band_takes_only_what_is_wholly_inside():
    assert inside_band(SCENE, 90, 90, 110, 110, ()) == {LESION.id}
    assert inside_band(SCENE, 0, 0, 270, 270, ()) == {LESION.id, DISC.id, SQUARE.id}
    assert inside_band(SCENE, 0, 0, 270, 270, {"OD"}) == {LESION.id, SQUARE.id}


@pytest.mark.parametrize("seed", [0, 1])
def test_many_shapes_agree_with_asking_each(seed):
    rng = np.random.default_rng(seed)
    shapes = [
        new_shape("MA", Ellipse(*map(float, rng.uniform((0, 0, 2, 2, 0), (900, 900, 30, 30, 180)))))
        for _ in range(3000)
    ]
    scene = scene_of(shapes)
    for x, y in rng.uniform(0, 900, (40, 2)):
        hit = find_hover_target(scene, x, y, 1.0)
        over = [s for s in shapes if is_over(s.geometry, x, y, 5.0, 8.0)]
        assert (hit is None) == (not over)
        if over:
            sizes = {
                s.id: (s.geometry.box[2] - s.geometry.box[0]) * (s.geometry.box[3] - s.geometry.box[1])
                for s in over
            }
            assert sizes[hit.shape_id] == min(sizes.values())


def test_thirty_thousand_shapes_are_searched_in_a_moment():
    rng = np.random.default_rng(3)
    spots = rng.uniform(0, 3000, (30_000, 2))
    scene = scene_of([new_shape("MA", Ellipse(float(x), float(y), 6, 6)) for x, y in spots])
    start = time.perf_counter()
    for x, y in rng.uniform(0, 3000, (50, 2)):
        find_hover_target(scene, x, y, 1.0)
    assert (time.perf_counter() - start) / 50 < 0.01  # 0.2 ms where measured; room for a busy machine
