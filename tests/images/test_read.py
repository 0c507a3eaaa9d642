import struct
import zlib

import cv2
import numpy as np
import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.images.read import decode_image, read_image


@pytest.fixture
def picture():
    rng = np.random.default_rng(1)
    smooth = cv2.resize(rng.integers(0, 255, (6, 8, 3), dtype=np.uint8), (40, 30))
    return np.ascontiguousarray(smooth)


def write(path, rgb, *parameters):
    bgr = rgb if rgb.ndim == 2 else cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    assert cv2.imwrite(str(path), bgr, list(parameters))
    return path


@pytest.mark.parametrize("suffix", [".png", ".tif", ".tiff"])
def test_lossless_files_come_back_as_written(tmp_path, picture, suffix):
    assert np.array_equal(read_image(write(tmp_path / f"a{suffix}", picture)), picture)


def test_a_jpeg_comes_back_nearly_as_written(tmp_path, picture):
    back = read_image(write(tmp_path / "a.jpg", picture, cv2.IMWRITE_JPEG_QUALITY, 98))
    assert np.abs(back.astype(int) - picture).mean() < 4


def test_grey_stays_grey(tmp_path, picture):
    assert read_image(write(tmp_path / "a.png", picture[..., 0].copy())).shape == (30, 40)


def test_sixteen_bits_are_scaled_to_eight(tmp_path):
    deep = np.linspace(0, 4095, 40 * 30).reshape(30, 40).astype(np.uint16)
    back = read_image(write(tmp_path / "deep.png", deep))
    assert back.dtype == np.uint8
    assert back.max() == 255
    assert np.array_equal(back, np.rint(deep * (255 / 4095)).astype(np.uint8))


def test_alpha_is_dropped(tmp_path, picture):
    alpha = np.dstack([cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), np.full((30, 40), 7, np.uint8)])
    cv2.imwrite(str(tmp_path / "a.png"), alpha)
    assert np.array_equal(read_image(tmp_path / "a.png"), picture)


def _sentence(caught):
    text = str(caught.value)
    assert "\n" not in text
    assert text.endswith(".")
    return text


def test_a_missing_file(tmp_path):
    with pytest.raises(RetinaError) as caught:
        read_image(tmp_path / "none.png")
    assert "cannot be read" in _sentence(caught)


def test_an_empty_file(tmp_path):
    (tmp_path / "a.png").touch()
    with pytest.raises(RetinaError) as caught:
        read_image(tmp_path / "a.png")
    assert "empty" in _sentence(caught)


def test_a_file_of_another_kind(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"GIF89a and more")
    with pytest.raises(RetinaError) as caught:
        read_image(tmp_path / "a.jpg")
    assert "not a JPEG, PNG, TIFF, BMP or WebP" in _sentence(caught)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif"])
def test_truncated_files_never_crash(tmp_path, picture, suffix):
    content = write(tmp_path / f"a{suffix}", picture).read_bytes()
    for length in range(4, len(content), max(1, len(content) // 40)):
        try:
            decode_image(content[:length], "a")
        except RetinaError as error:
            assert "\n" not in str(error)  # noqa: PT017 - some truncations still decode, as JPEG means them to


def _png_header(width, height):
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


def test_a_decompression_bomb_is_refused_by_its_header():
    with pytest.raises(RetinaError) as caught:
        decode_image(_png_header(60_000, 60_000) + b"\x00" * 50, "bomb.png")
    assert "3600 megapixels; the limit is 200" in _sentence(caught)


@pytest.mark.parametrize("suffix", [".jpg", ".tif"])
def test_the_size_is_found_before_decoding(tmp_path, picture, suffix):
    content = bytearray(write(tmp_path / f"a{suffix}", picture).read_bytes())
    if suffix == ".jpg":
        at = content.index(b"\xff\xc0") + 5
        content[at : at + 4] = struct.pack(">HH", 60_000, 60_000)
    else:
        order = "<" if content[:2] == b"II" else ">"
        directory = struct.unpack(order + "I", content[4:8])[0]
        for entry in range(directory + 2, len(content) - 12, 12):
            tag, kind = struct.unpack(order + "HH", content[entry : entry + 4])
            if tag in {256, 257}:
                form = "H" if kind == 3 else "I"
                struct.pack_into(order + form, content, entry + 8, 60_000)
            if tag > 257:
                break
    with pytest.raises(RetinaError, match="megapixels"):
        decode_image(bytes(content), "huge")
