"""Two images that correspond: by their frames, and by disc and fovea."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retina_studio.domain.retina_map import Landmarks
from retina_studio.gui.canvas.link import Link, by_frame, by_landmarks
from retina_studio.gui.canvas.view import View

place = st.floats(-5000, 5000)
turns = st.tuples(st.floats(0.1, 10), st.floats(-math.pi / 5, math.pi / 5))


def marks(disc, fovea):
    return Landmarks(disc, 100.0, fovea, "")


def test_frames_of_one_shape_correspond_by_fraction():
    link = by_frame((400, 300), (800, 600))
    assert link.to_second(0, 0) == pytest.approx((0, 0))
    assert link.to_second(100, 75) == pytest.approx((200, 150))


def test_frames_of_two_shapes_correspond_in_the_middle():
    assert by_frame((400, 300), (400, 500)).to_second(200, 150) == pytest.approx((200, 250))


@given(x=place, y=place, turn=turns)
def test_the_inverse_leads_back(x, y, turn):
    link = Link(complex(turn[0] * math.cos(turn[1]), turn[0] * math.sin(turn[1])), 31 - 7j)
    back = link.inverse.to_second(*link.to_second(x, y))
    assert back == pytest.approx((x, y), abs=1e-6)


@given(turn=turns, x=place, y=place)
def test_landmarks_give_back_the_similarity_that_moved_them(turn, x, y):
    true = Link(complex(turn[0] * math.cos(turn[1]), turn[0] * math.sin(turn[1])), complex(x, y))
    first = marks((100, 200), (350, 230))
    second = marks(true.to_second(100, 200), true.to_second(350, 230))
    found = by_landmarks(first, second)
    assert found.to_second(17, -4) == pytest.approx(true.to_second(17, -4), abs=1e-5)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (marks((1, 1), None), marks((1, 1), (2, 2))),
        (marks((1, 1), (1, 1)), marks((1, 1), (2, 2))),
        (marks((100, 100), (200, 100)), marks((200, 100), (100, 100))),  # the other eye, not mirrored
    ],
)
def test_landmarks_that_fix_nothing_give_no_link(first, second):
    assert by_landmarks(first, second) is None


def test_following_shows_the_same_place_equally_large():
    link = by_landmarks(marks((100, 100), (300, 100)), marks((50, 80), (150, 80)))
    leader, own = View(3.0, -200.0, -90.0), View(1.0, 0.0, 0.0, aspect=2.0)
    view = link.follow(leader, (600, 400), own, (500, 300))
    middle = leader.to_image(300, 200)
    assert view.to_widget(*link.to_second(*middle)) == pytest.approx((250, 150))
    assert view.aspect == 2.0
    apart = leader.to_widget(middle[0] + 10, middle[1])[0] - 300
    there = view.to_widget(*link.to_second(middle[0] + 10, middle[1]))[0] - 250
    assert there == pytest.approx(apart)
