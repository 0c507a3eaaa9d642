"""The scene: an edit of it equals building it anew, and the old one stays as it was."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from retina_studio.domain.shapes import Ellipse, Point, Polygon, new_shape
from retina_studio.gui.canvas.scene import EMPTY_SCENE, scene_of, union

_FORMS = [
    ("MA", Ellipse(10, 10, 4, 3, 30)),
    ("PPA", Polygon(((0, 0), (20, 0), (20, 20)), (((10, 4), (16, 4), (16, 10)),))),
    ("fovea", Point(50, 60)),
    ("OD", Ellipse(100, 80, 30, 40)),
]


def _contents(scene):
    return {
        key: (
            scene.shapes[row],
            tuple(scene.boxes[row]),
            np.nan_to_num(scene.ellipses[row], nan=-1.0).tolist(),
            int(scene.labels[row]),
            [ring.tolist() for ring in scene.rings[row] or ()],
        )
        for key, row in scene.rows.items()
    }


@given(st.lists(st.tuples(st.sampled_from(["add", "move", "remove"]), st.integers(0, 99)), max_size=30))
def test_any_series_of_edits_equals_a_new_scene(steps):
    shapes, scene = {}, EMPTY_SCENE
    for what, number in steps:
        keys = list(shapes)
        if what == "add" or not keys:
            label, form = _FORMS[number % 4]
            shape = new_shape(label, form)
            touched, shapes = shape.id, {**shapes, shape.id: shape}
        elif what == "move":
            touched = keys[number % len(keys)]
            moved = shapes[touched].with_geometry(shapes[touched].geometry.moved(number, -1))
            shapes = {**shapes, touched: moved}
        else:
            touched = keys[number % len(keys)]
            shapes = {key: value for key, value in shapes.items() if key != touched}
        before, kept = scene, _contents(scene)
        scene = scene.updated({touched}, shapes)
        assert _contents(before) == kept
    assert _contents(scene) == _contents(scene_of(shapes.values()))
    assert len(scene) == len(shapes)
    assert scene.counts() == {
        label: count for label, _ in _FORMS if (count := sum(s.label == label for s in shapes.values()))
    }


def test_shapes_added_together_keep_their_order():
    shapes = [new_shape("MA", Ellipse(n, 5, 2, 2)) for n in range(20)]
    scene = EMPTY_SCENE.updated({s.id for s in shapes}, {s.id: s for s in shapes})
    assert [s.id for s in scene.at(scene.rows.values())] == [s.id for s in shapes]


def test_removed_shapes_touch_nothing():
    shape, other = new_shape("MA", Ellipse(5, 5, 2, 2)), new_shape("MA", Ellipse(50, 50, 2, 2))
    scene = scene_of([shape, other]).updated({shape.id}, {other.id: other})
    assert list(scene.at(scene.touching((0, 0, 100, 100)))) == [other]
    assert shape.id not in scene


def test_union_of_boxes():
    assert union([]) is None
    assert union([(0, 5, 2, 6), (-1, 0, 1, 9)]) == (-1, 0, 2, 9)
