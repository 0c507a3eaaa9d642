"""Counts of graders and disc-and-cup masks: nested gradings in, counts out, and a real set's own masks again."""

import cv2
import numpy as np
import pytest
from exchange_examples import HEIGHT, WIDTH, graded, layer, record

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import Ellipse, Point, Polygon
from retina_studio.domain.voting.rules import VoteRules
from retina_studio.exchange import counts, refuge
from retina_studio.exchange.masks import list_masks
from retina_studio.exchange.transfer import export_labels, import_labels
from retina_studio.study.importing import import_images
from retina_studio.study.study import Study

SIZE = (HEIGHT, WIDTH)


def save(path, plane):
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), plane)
    return path


def counted(folder, graders):
    """The gradings of one image, by grader."""
    return [found.read(record()) for found in counts.read_labels(folder, graders)]


def test_the_kth_grader_gets_what_k_or_more_marked(tmp_path, rng):
    plane = rng.integers(0, 4, SIZE).astype(np.uint8)
    save(tmp_path / "od_graders" / "a.png", plane)
    gradings = counted(tmp_path, 3)
    for least, grading in enumerate(gradings, start=1):
        assert np.array_equal(grading.mask("OD", *SIZE), plane >= least)
    assert [found.grader for found in counts.read_labels(tmp_path, 3)] == [0, 1, 2]


def test_where_fewer_marked_anything_the_rest_answer_none(tmp_path):
    plane = np.zeros(SIZE, np.uint8)
    plane[5:20, 5:20] = 2
    save(tmp_path / "OD" / "a.png", plane)
    assert [grading.absent for grading in counted(tmp_path, 4)] == [set(), set(), {"OD"}, {"OD"}]


def test_more_graders_in_the_map_than_named_is_refused(tmp_path):
    save(tmp_path / "OD" / "a.png", np.full(SIZE, 5, np.uint8))
    with pytest.raises(
        RetinaError, match=r"OD/a\.png: a pixel was marked by 5 graders, and the graders named are 4"
    ):
        counted(tmp_path, 4)


def test_two_folders_of_one_label_are_refused(tmp_path):
    for name in ("OD", "od_graders"):
        save(tmp_path / name / "a.png", np.zeros(SIZE, np.uint8))
    with pytest.raises(RetinaError, match="both the counts of OD"):
        counted(tmp_path, 4)


def test_a_colour_or_deep_map_is_refused(tmp_path):
    for plane in (np.full((*SIZE, 3), (1, 2, 3), np.uint8), np.full(SIZE, 300, np.uint16)):
        save(tmp_path / "OD" / "a.png", plane)
        with pytest.raises(RetinaError, match=r"OD/a\.png: it (is in colour|has more than 8 bits)"):
            counted(tmp_path, 4)
    save(tmp_path / "OD" / "a.png", np.full((*SIZE, 3), 2, np.uint8))  # three channels, all the same
    assert counted(tmp_path, 2)[1].mask("OD", *SIZE).all()


def test_counts_of_layers_and_how_many_answered(tmp_path):
    first = graded(("OD", Ellipse(30, 30, 10, 10)), ("fovea", Point(5, 5)))
    second = graded(("OD", Ellipse(36, 30, 10, 10)), absent={"OC"})
    layers = [layer(first), layer(second, grader="Ben"), layer(graded(absent={"OC"}), grader="Cleo")]
    assert counts.write_labels(tmp_path, iter(layers)) == 1
    both = first.mask("OD", *SIZE).astype(int) + second.mask("OD", *SIZE)
    assert np.array_equal(cv2.imread(str(tmp_path / "OD" / "a.png"), cv2.IMREAD_UNCHANGED), both)
    assert (tmp_path / "counts.csv").read_text() == "image,label,graders\na,OD,2\na,OC,2\n"


def test_refuge_masks_in(tmp_path):
    plane = np.full(SIZE, 255, np.uint8)
    plane[10:40, 10:40], plane[20:30, 20:30] = 128, 0
    for name in ("a.png", "a.bmp"):
        (found,) = refuge.read_labels(save(tmp_path / name, plane))
        grading = found.read(record())
        assert np.array_equal(grading.mask("OD", *SIZE), plane < 255)
        assert np.array_equal(grading.mask("OC", *SIZE), plane == 0)
        assert not (grading.mask("OC", *SIZE) & ~grading.mask("OD", *SIZE)).any()
    plane[20:30, 20:30] = 128
    (found,) = refuge.read_labels(save(tmp_path / "a.png", plane))
    grading = found.read(record())
    assert not grading.labelled("OC")
    assert "OC" not in grading.absent


def test_a_mask_that_is_no_refuge_mask_is_refused(tmp_path):
    plane = np.full(SIZE, 255, np.uint8)
    plane[3, 3] = 77
    (found,) = refuge.read_labels(save(tmp_path / "a.png", plane))
    with pytest.raises(RetinaError, match=r"a\.png: it holds the value 77"):
        found.read(record())
    whole = save(tmp_path / "a.bmp", np.full(SIZE, 255, np.uint8)).read_bytes()
    (found,) = refuge.read_labels(tmp_path / "a.bmp")
    for damaged in (whole[:-1], whole[:60], b"BM", whole[:30] + b"\1" + whole[31:]):
        (tmp_path / "a.bmp").write_bytes(damaged)
        with pytest.raises(RetinaError, match=r"a\.bmp: it is .*\.$"):
            found.read(record())


def test_a_cup_is_cut_to_its_disc_and_an_image_without_a_disc_is_left_out(tmp_path):
    square = Polygon(((10, 10), (40, 10), (40, 40), (10, 40)))
    beside = Polygon(((30, 10), (50, 10), (50, 40), (30, 40)))
    layers = [layer(graded(("OD", square), ("OC", beside))), layer(graded(("OC", square)), image=record("b"))]
    assert refuge.write_labels(tmp_path, iter(layers)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    plane = cv2.imread(str(tmp_path / "a.png"), cv2.IMREAD_UNCHANGED)
    assert [int((plane == value).sum()) for value in (0, 128, 255)] == [300, 600, HEIGHT * WIDTH - 900]


def real_study(real_data, tmp_path, names):
    """Drishti's counts as the gradings of four graders, handed in."""
    source = tmp_path / "source"
    for label in ("od_graders", "oc_graders"):
        for name in names:
            plane = (real_data / "drishti" / label / f"{name}.png").read_bytes()
            (source / label).mkdir(parents=True, exist_ok=True)
            (source / label / f"{name}.png").write_bytes(plane)
    study = Study.create(tmp_path / "study")
    import_images(study, [real_data / "drishti" / "images" / f"{name}.jpg" for name in names], names="keep")
    graders = [study.add_grader(name) for name in ("Ada", "Ben", "Cleo", "Dan")]
    assert import_labels(study, source, graders, "counts", submit=True) == len(names)
    return study, source


def assert_the_sets_own_masks(study, source, tmp_path, names):
    for agreeing in (2, 3):
        out = tmp_path / f"masks-{agreeing}"
        rules = VoteRules(graders=4, agreeing=agreeing)
        assert export_labels(study, out, "masks", rules=rules) == len(names)
        for folder, code in (("od_graders", "OD"), ("oc_graders", "OC")):
            for name in names:
                truth = cv2.imread(str(source / folder / f"{name}.png"), cv2.IMREAD_UNCHANGED) >= agreeing
                mask = cv2.imread(str(out / code / f"{name}.png"), cv2.IMREAD_UNCHANGED)
                assert np.array_equal(mask, truth * np.uint8(255)), (name, code, agreeing)


def all_names(real_data):
    return sorted(path.stem for path in (real_data / "drishti" / "od_graders").glob("*.png"))


@pytest.mark.real_data
def test_four_real_graders_give_the_sets_own_masks(real_data, tmp_path):
    names = all_names(real_data)[::25]
    study, source = real_study(real_data, tmp_path, names)
    with study:
        assert_the_sets_own_masks(study, source, tmp_path, names)
        assert export_labels(study, tmp_path / "counts", "counts") == len(names)
    for label, code in (("od_graders", "OD"), ("oc_graders", "OC")):
        for name in names:
            truth = cv2.imread(str(source / label / f"{name}.png"), cv2.IMREAD_UNCHANGED)
            again = cv2.imread(str(tmp_path / "counts" / code / f"{name}.png"), cv2.IMREAD_UNCHANGED)
            assert np.array_equal(again, truth)


@pytest.mark.slow
@pytest.mark.real_data
def test_all_of_drishti_gives_the_sets_own_masks(real_data, tmp_path):
    names = all_names(real_data)
    assert len(names) == 76
    study, source = real_study(real_data, tmp_path, names)
    with study:
        assert_the_sets_own_masks(study, source, tmp_path, names)


def test_counts_through_a_study(peopled, tmp_path, rng):
    """What four counted, voted on with every number of agreeing graders."""
    plane = np.kron(rng.integers(0, 5, (6, 8)), np.ones((10, 10))).astype(np.uint8)
    save(tmp_path / "in" / "OD" / "a.png", plane)
    graders = [peopled.grader(name) for name in ("Ada", "Ben", "Cleo", "Dan")]
    assert import_labels(peopled, tmp_path / "in", graders, "counts", submit=True) == 1
    for agreeing in (1, 2, 3, 4):
        out = tmp_path / str(agreeing)
        export_labels(peopled, out, "masks", rules=VoteRules(graders=4, agreeing=agreeing))
        mask = cv2.imread(str(out / "OD" / "a.png"), cv2.IMREAD_UNCHANGED)
        assert np.array_equal(mask, (plane >= agreeing) * np.uint8(255))
    back = list_masks(tmp_path / "2").read_image("a", peopled.image("a"))
    assert np.array_equal(back.mask("OD", *SIZE), plane >= 2)
