import cv2
import numpy as np
import pytest

from retina_studio.images.burnt_in import has_writing, writing
from retina_studio.images.read import read_image


def fundus(height=800, width=1200):
    """A disc of orange with vessels and noise on a black surround."""
    rng = np.random.default_rng(2)
    picture = np.zeros((height, width, 3), np.uint8)
    cv2.circle(picture, (width // 2, height // 2), height // 2 - 10, (170, 80, 30), -1)
    for _ in range(40):
        ends = rng.integers(0, height, 4)
        cv2.line(
            picture, (int(ends[0] + 200), int(ends[1])), (int(ends[2] + 200), int(ends[3])), (110, 40, 15), 5
        )
    noisy = picture + rng.normal(0, 6, picture.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def oct_scan(height=496, width=768):
    rng = np.random.default_rng(3)
    picture = rng.exponential(22, (height, width))
    picture[220:300] += 140
    return np.clip(picture, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("picture", [fundus(), oct_scan()], ids=["fundus", "oct"])
def test_a_picture_alone_raises_no_alarm(picture):
    assert not has_writing(picture)


@pytest.mark.parametrize("scale", [0.5, 0.8, 1.4])
@pytest.mark.parametrize("colour", [(255, 255, 255), (255, 255, 0), (0, 220, 0), (150, 150, 150)])
@pytest.mark.parametrize("place", [(12, 40), (12, 770), (900, 40)])
def test_a_name_in_a_corner_is_found(place, colour, scale):
    picture = fundus()
    cv2.putText(
        picture, "DOE JANE 1950-01-31", place, cv2.FONT_HERSHEY_SIMPLEX, scale, colour, 2, cv2.LINE_AA
    )
    found = writing(picture)
    assert found
    left, top, _, height = found[0]
    assert abs(top + height - place[1]) < 15
    assert left >= place[0] - 3


def test_dark_writing_on_a_white_edge_is_found():
    picture = oct_scan()
    picture[:60] = 250
    cv2.putText(picture, "ID 0012345 OD", (15, 40), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2, cv2.LINE_AA)
    assert has_writing(picture)


@pytest.mark.parametrize("shape", [(1, 1), (5, 900), (40, 30, 3)])
def test_small_pictures_are_no_trouble(shape):
    assert writing(np.full(shape, 90, np.uint8)) == []


def test_real_images_raise_hardly_an_alarm(real_data):
    files = [
        f
        for s in ("drishti", "heimed", "oct_dme", "oct_kermany")
        for f in sorted((real_data / s / "images").iterdir())[::6]
    ]
    alarms = sum(has_writing(read_image(file)) for file in files)
    assert len(files) > 90
    assert alarms <= 0.02 * len(files)
