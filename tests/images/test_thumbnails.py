import time

import cv2
import numpy as np
import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.images.thumbnails import ThumbnailCache, thumbnail

KEY = "ab" * 32


@pytest.fixture
def photo(tmp_path):
    """A large JPEG, red on the left and blue on the right."""
    picture = np.zeros((1000, 1500, 3), np.uint8)
    picture[:, :750, 2] = picture[:, 750:, 0] = 220
    cv2.imwrite(str(tmp_path / "a.jpg"), picture)
    return tmp_path / "a.jpg"


@pytest.mark.parametrize("size", [32, 96, 200, 700])
def test_it_is_the_image_made_small(photo, size):
    small = thumbnail(photo, size)
    assert small.shape == (round(size / 1.5), size, 3)
    assert small[:, : size // 4, 0].mean() > 200
    assert small[:, -size // 4 :, 2].mean() > 200


@pytest.mark.parametrize("pixels", [np.full((30, 20), 99, np.uint8), np.full((30, 20, 3), 99, np.uint8)])
def test_grey_and_small_images(tmp_path, pixels):
    cv2.imwrite(str(tmp_path / "a.png"), pixels)
    small = thumbnail(tmp_path / "a.png")
    assert small.shape == (30, 20, 3)
    assert small.mean() == 99


def test_a_bad_image_gets_its_sentence(tmp_path):
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    with pytest.raises(RetinaError, match=r"a\.png"):
        thumbnail(tmp_path / "a.png")


def test_it_is_made_once_and_kept(photo, tmp_path):
    cache = ThumbnailCache(tmp_path / "cache")
    assert cache.kept(KEY) is None
    made = cache.get(photo, KEY)
    photo.unlink()
    again = cache.get(photo, KEY)
    assert np.abs(made.astype(int) - again).mean() < 4
    begun = time.perf_counter()
    for _ in range(50):
        cache.kept(KEY)
    assert (time.perf_counter() - begun) / 50 < 0.02


@pytest.mark.parametrize("damage", [b"", b"no picture", None])
def test_a_damaged_one_is_made_again(photo, tmp_path, damage):
    cache = ThumbnailCache(tmp_path / "cache")
    made = cache.get(photo, KEY)
    (file,) = (tmp_path / "cache").rglob("*.jpg")
    file.write_bytes(file.read_bytes()[:-100] if damage is None else damage)
    assert cache.kept(KEY) is None
    assert np.array_equal(cache.get(photo, KEY), made)
    assert cache.kept(KEY) is not None


def test_a_cache_that_cannot_be_written_is_done_without(photo, tmp_path):
    (tmp_path / "cache").write_text("a file in its place")
    assert ThumbnailCache(tmp_path / "cache").get(photo, KEY).shape[1] == 96


def test_it_lies_in_the_persons_own_cache(photo, tmp_path):
    ThumbnailCache().get(photo, KEY)
    assert ThumbnailCache().kept(KEY) is not None
