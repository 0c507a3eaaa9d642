"""LABEL/IMAGE_NAME.png and points.csv, there and back."""

import cv2
import numpy as np
import pytest
from exchange_examples import HEIGHT, WIDTH, areas, content, graded
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.grading import Answer
from retina_studio.domain.shapes import Ellipse, Point, Polygon
from retina_studio.exchange.masks import list_masks, read_masks, write_masks, write_planes, write_points

SIZE = (HEIGHT, WIDTH)


def read(folder, name="a", size=SIZE, modality="fundus"):
    return read_masks(folder, name, *size, modality)


def save(folder, label, plane, name="a"):
    (folder / label).mkdir(exist_ok=True)
    assert cv2.imwrite(str(folder / label / f"{name}.png"), plane)


def plane_of(folder, label, name="a"):
    return cv2.imread(str(folder / label / f"{name}.png"), cv2.IMREAD_UNCHANGED)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mask=hnp.arrays(np.uint8, SIZE, elements=st.sampled_from([0, 255]), fill=st.just(0)))
def test_any_mask_comes_back_pixel_for_pixel(tmp_path, mask):
    save(tmp_path, "HaEx", mask)
    grading = read(tmp_path)
    assert grading.answer("HaEx") is (Answer.DRAWN if mask.any() else Answer.NONE)
    assert all(shape.origin == "imported" for shape in grading.shapes.values())
    write_masks(tmp_path / "out", "a", grading, *SIZE)
    assert np.array_equal(plane_of(tmp_path / "out", "HaEx"), mask)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=areas, second=areas)
def test_any_shapes_come_back_as_the_same_pixels(tmp_path_factory, first, second):
    folder = tmp_path_factory.mktemp("masks")
    grading = graded(("iHE", first), ("iHE", second))
    write_masks(folder, "a", grading, *SIZE)
    mask = grading.mask("iHE", *SIZE)
    if mask.any():
        assert np.array_equal(read(folder).mask("iHE", *SIZE), mask)
        assert np.array_equal(plane_of(folder, "iHE"), mask * np.uint8(255))
    elif (folder / "iHE").exists():
        assert read(folder).answer("iHE") is Answer.DRAWN  # never a "none" that nobody said


def test_answers_and_points_come_back(tmp_path, full_grading):
    write_masks(tmp_path, "a", full_grading, *SIZE)
    write_points(tmp_path, [("a", full_grading), ("b, c", graded(("fovea", Point(0.1 + 0.2, 7.0))))])
    folder = list_masks(tmp_path)
    assert folder.images == ["a", "b, c"]
    assert set(folder.planes["a"]) == {  # dr is graded, so every lesion that is not drawn is answered "none"
        "MA", "iHE", "HaEx", "CWS", "vHE", "pHE", "NV", "FiP", "OD", "OC", "PPA",
    }  # fmt: skip
    back = folder.read("a", *SIZE, "fundus")
    for code in ("OD", "HaEx", "CWS"):
        assert np.array_equal(back.mask(code, *SIZE), full_grading.mask(code, *SIZE))
    assert {"MA", "OC", "PPA"} <= back.absent
    assert [s.geometry for s in back.labelled("fovea")] == [Point(12.125, 44.5)]
    assert Point(40.5, 30.25) in [s.geometry for s in back.labelled("OD")]
    assert content(folder.read("b, c", *SIZE, "fundus"))[0] == [("fovea", Point(0.1 + 0.2, 7.0))]


def test_a_silent_label_has_no_plane(tmp_path):
    write_masks(tmp_path, "a", graded(("OD", Point(3.0, 4.0)), absent={"OC"}), *SIZE)
    assert [path.name for path in tmp_path.iterdir()] == ["OC"]


def test_a_shape_smaller_than_a_pixel_is_not_a_none(tmp_path):
    write_masks(tmp_path, "a", graded(("MA", Ellipse(20.1, 30.1, 0.2, 0.2))), *SIZE)
    assert np.argwhere(plane_of(tmp_path, "MA")).tolist() == [[30, 20]]


def test_a_second_export_without_points_leaves_no_old_points(tmp_path):
    write_points(tmp_path, [("a", graded(("fovea", Point(1.0, 2.0))))])
    write_points(tmp_path, [("a", graded())])
    assert list_masks(tmp_path).images == []


def test_label_folders_match_whatever_their_case_and_others_are_named(tmp_path):
    save(tmp_path, "haex", np.full(SIZE, 1, np.uint8))
    save(tmp_path, "thumbnails", np.zeros(SIZE, np.uint8))
    folder = list_masks(tmp_path)
    assert folder.ignored == ("thumbnails",)
    assert read(tmp_path).mask("HaEx", *SIZE).all()
    save(tmp_path, "HAEX", np.zeros(SIZE, np.uint8))
    with pytest.raises(RetinaError, match="both the mask of HaEx"):
        list_masks(tmp_path)


def test_every_kind_of_png_is_inside_where_not_zero(tmp_path, rng):
    inside = rng.random(SIZE) < 0.3
    grey = inside * np.uint8(127)
    colour = np.zeros((*SIZE, 3), np.uint8)
    colour[..., 2] = grey
    opaque = np.dstack([colour, np.full(SIZE, 255, np.uint8)])
    through = np.dstack([np.full((*SIZE, 3), 255, np.uint8), grey])
    for plane in (grey, inside * np.uint8(1), inside * np.uint16(256), colour, opaque, through):
        save(tmp_path, "CNV", plane)
        assert np.array_equal(read(tmp_path, modality="oct").mask("CNV", *SIZE), inside)
    save(tmp_path, "CNV", np.dstack([np.zeros((*SIZE, 3), np.uint8), grey]))
    with pytest.raises(RetinaError, match="transparency only"):
        read(tmp_path, modality="oct")


def test_a_palette_png(tmp_path):
    """Two colours, black and red; rows of one byte each: 0b00001111 (PNG specification, colour type 3)."""
    import struct
    import zlib

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 8, 2, 1, 3, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"PLTE", bytes([0, 0, 0, 200, 0, 0]))
    body += chunk(b"IDAT", zlib.compress(b"\0\x0f\0\x0f")) + chunk(b"IEND", b"")
    (tmp_path / "MA").mkdir()
    (tmp_path / "MA" / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    assert read(tmp_path, size=(2, 8)).mask("MA", 2, 8).tolist() == [[False] * 4 + [True] * 4] * 2


def test_a_mask_of_the_fovea_becomes_its_centre(tmp_path):
    plane = np.zeros(SIZE, np.uint8)
    plane[10:13, 20:25] = 255
    save(tmp_path, "fovea", plane)
    assert content(read(tmp_path))[0] == [("fovea", Point(22.5, 11.5))]
    save(tmp_path, "fovea", plane * 0)
    assert read(tmp_path).absent == {"fovea"}


def test_components_and_holes_stay(tmp_path):
    plane = np.zeros(SIZE, np.uint8)
    plane[5:20, 5:20], plane[10:14, 10:14], plane[30:40, 50:60] = 255, 0, 255
    save(tmp_path, "OD", plane)
    shapes = [shape.geometry for shape in read(tmp_path).labelled("OD")]
    assert sorted(len(shape.holes) for shape in shapes) == [0, 1]


def test_bad_masks_are_one_sentence_with_their_name(tmp_path):
    save(tmp_path, "OD", np.full((50, 70), 255, np.uint8))
    with pytest.raises(RetinaError, match=r"OD/a\.png: it is 70 x 50 pixels .* 80 x 60 pixels\.$"):
        read(tmp_path)
    save(tmp_path, "OD", np.full(SIZE, 255, np.uint8))
    file = tmp_path / "OD" / "a.png"
    whole = file.read_bytes()
    for damaged in (b"", b"GIF89a", whole[: len(whole) // 2], whole[:-1], whole[:50] + b"\1" + whole[51:]):
        file.write_bytes(damaged)
        with pytest.raises(RetinaError, match=r"a\.png.*: it is .*\.$"):
            read(tmp_path)
    file.write_bytes(whole)
    with pytest.raises(RetinaError, match="OD is not a label of oct images"):
        read(tmp_path, modality="oct")


def test_folders_that_are_no_masks_folder(tmp_path):
    with pytest.raises(RetinaError, match="no folder named like a label"):
        list_masks(tmp_path)
    with pytest.raises(RetinaError, match="cannot be read"):
        list_masks(tmp_path / "absent")


@pytest.mark.parametrize(
    "rows",
    [
        ["image,x,y", "a,1,2"],
        ["image,label,x,y", "a,fovea,1"],
        ["image,label,x,y", "a,fovea,1,nan"],
        ["image,label,x,y", "a,fovea,1,1e999"],
        ["image,label,x,y", "a,fovea,1,two"],
        ["image,label,x,y", "a,blood,1,2"],
        ["image,label,x,y", "a,MA,1,2"],
        ["image,label,x,y", "a,fovea,1,2", "a,fovea,3,4"],
        ["image,label,x,y", "a,fovea,1,61"],
        ["image,label,x,y", "a,drusen,1,2"],
        [""],
    ],
)
def test_bad_points_are_one_sentence(tmp_path, rows):
    (tmp_path / "points.csv").write_text("\n".join(rows))
    with pytest.raises(RetinaError, match=r"points\.csv.*\.$"):
        read(tmp_path)


def test_points_of_a_spreadsheet_with_a_byte_order_mark(tmp_path):
    (tmp_path / "points.csv").write_bytes(b"\xef\xbb\xbfimage,label,x,y\r\na,Fovea,1.5,2\r\n")
    assert content(read(tmp_path))[0] == [("fovea", Point(1.5, 2.0))]


def test_drawn_and_none_contradict(tmp_path):
    save(tmp_path, "fovea", np.zeros(SIZE, np.uint8))
    (tmp_path / "points.csv").write_text("image,label,x,y\na,fovea,1,2\n")
    with pytest.raises(RetinaError, match="drawn and also answered"):
        read(tmp_path)


def test_no_name_leads_out_of_the_folder(tmp_path):
    for name in ("../a", "a/b", "..", "a\\b", ""):
        with pytest.raises(RetinaError, match="rename it"):
            write_masks(tmp_path / "out", name, graded(absent={"OD"}), *SIZE)
    assert not list(tmp_path.rglob("*.png"))


def test_planes_of_the_curated_store_keep_their_codes(tmp_path, rng):
    plane = rng.choice(np.array([0, 127, 255], np.uint8), SIZE)
    write_planes(tmp_path, "a", {"OD": plane})
    assert np.array_equal(plane_of(tmp_path, "OD"), plane)


def test_a_full_disk_leaves_the_old_mask(tmp_path):
    resource = pytest.importorskip("resource")  # POSIX
    write_masks(tmp_path, "a", graded(("OD", Polygon(((1, 1), (50, 1), (50, 50))))), *SIZE)
    before = (tmp_path / "OD" / "a.png").read_bytes()
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60, unlimited[1]))
    try:
        with pytest.raises(RetinaError, match="could not be written"):
            write_masks(tmp_path, "a", graded(absent={"OD"}), *SIZE)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    assert [path.read_bytes() for path in (tmp_path / "OD").iterdir()] == [before]


@pytest.mark.real_data
def test_real_lesion_masks_come_back_pixel_for_pixel(real_data, tmp_path):
    folder = list_masks(real_data / "idrid")
    name = folder.images[0]
    planes = {code: cv2.imread(str(path), cv2.IMREAD_UNCHANGED) for code, path in folder.planes[name].items()}
    assert {"HaEx", "MA", "OD"} <= planes.keys()
    grading = folder.read(name, *planes["OD"].shape, "fundus")
    write_masks(tmp_path, name, grading, *planes["OD"].shape)
    for code, plane in planes.items():
        assert np.array_equal(plane_of(tmp_path, code, name), plane), code


@pytest.mark.real_data
def test_real_discs_of_several_graders_come_back(real_data, tmp_path):
    for stem in sorted(path.stem for path in (real_data / "drishti" / "od_graders").glob("*.png"))[:3]:
        counts = cv2.imread(str(real_data / "drishti" / "od_graders" / f"{stem}.png"), cv2.IMREAD_UNCHANGED)
        for votes in (1, 2, 3, 4):
            majority = (counts >= votes) * np.uint8(255)
            save(tmp_path, "OD", majority, stem)
            grading = read(tmp_path, stem, counts.shape)
            assert np.array_equal(grading.mask("OD", *counts.shape), majority > 0)
