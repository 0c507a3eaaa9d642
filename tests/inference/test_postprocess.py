import numpy as np
import pytest

from retina_studio.domain.geometry import iou, rasterise
from retina_studio.domain.shapes import Ellipse, Polygon
from retina_studio.inference.postprocess import mean_inside, shape_of


def test_an_elliptic_mask_becomes_that_ellipse():
    truth = Ellipse(150.3, 97.8, 52.0, 44.0, 30.0)
    shape = shape_of(rasterise(truth, 220, 300))
    assert isinstance(shape, Ellipse)
    assert (shape.x, shape.y, shape.a, shape.b) == pytest.approx((150.3, 97.8, 52.0, 44.0), abs=0.3)
    assert shape.angle == pytest.approx(30.0, abs=3.0)


def test_another_mask_becomes_a_polygon_that_keeps_to_it_with_few_vertices():
    mask = rasterise(Ellipse(150, 100, 60, 50), 220, 300)
    mask[60:150, 150:] = False  # a bite
    shape = shape_of(mask)
    assert isinstance(shape, Polygon)
    assert len(shape.points) < 60
    assert iou(rasterise(shape, 220, 300), mask) > 0.96


def test_nothing_becomes_nothing():
    assert shape_of(np.zeros((5, 6), np.bool_)) is None
    assert mean_inside(np.ones((5, 6), np.float32), np.zeros((5, 6), np.bool_)) == 0.0


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (3, 1)])
def test_a_mask_of_a_few_pixels_becomes_a_shape(shape):
    assert shape_of(np.ones(shape, np.bool_)) is not None


def test_the_score_is_the_mean_probability_inside():
    probability = np.array([[0.9, 0.7], [0.1, 0.5]], np.float32)
    mask = np.array([[True, True], [False, False]])
    assert mean_inside(probability, mask) == pytest.approx(0.8)
