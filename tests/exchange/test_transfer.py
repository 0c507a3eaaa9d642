"""Imports into a study: who, what, from where; all or nothing; progress and stopping."""

import zipfile

import cv2
import numpy as np
import pytest
from exchange_examples import HEIGHT, WIDTH, content, graded, layer, write_picture

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import Ellipse, Point
from retina_studio.exchange.formats import FORMATS
from retina_studio.exchange.transfer import export_labels, import_labels
from retina_studio.study.verify import study_problems

SIZE = (HEIGHT, WIDTH)
GRADING = graded(
    ("OD", Ellipse(40, 30, 12, 9)),
    ("MA", Ellipse(20, 20, 3, 3)),
    ("fovea", Point(10, 40)),
    grades={"gradability": "good", "dr": 1},
)


def layers_of(study, grading=GRADING):
    return [layer(grading, study.image_file(image), image) for image in study.images()]


def written(study, form, folder, grading=GRADING):
    entry = FORMATS[form]
    entry.load().write_labels(folder / entry.file if entry.file else folder, iter(layers_of(study, grading)))
    return folder


def grading_of(study, name="Ada", image="a"):
    return study.session(study.image(image), study.grader(name)).grading


def everything(study):
    return [
        content(grading_of(study, grader.name, image.name))
        for grader in study.graders()
        for image in study.images()
    ]


def test_out_of_one_grader_and_into_another(peopled, tmp_path):
    import_labels(peopled, written(peopled, "geojson", tmp_path / "in"), peopled.grader("Ada"), "geojson")
    assert content(grading_of(peopled))[0] == content(GRADING)[0]
    for form in FORMATS:
        assert export_labels(peopled, tmp_path / form, form, "Ada") == 2
        assert import_labels(peopled, tmp_path / form, peopled.add_grader(form), form) == 2
        back = grading_of(peopled, form)
        codes = {"csv": (), "refuge": ("OD",)}.get(form, ("OD", "MA"))
        for code in codes:
            differ = (back.mask(code, *SIZE) != GRADING.mask(code, *SIZE)).sum()
            assert differ <= (2 if form == "yolo" else 0), form
        if form in {"labelme", "coco", "geojson", "cvat", "csv"}:
            assert back.grades == GRADING.grades, form
    assert study_problems(peopled) == []


@pytest.mark.parametrize("inside", ["", "labels of June/"])
def test_a_zip_file_is_a_folder(peopled, tmp_path, inside):
    for form in FORMATS:
        folder, packed = written(peopled, form, tmp_path / form), tmp_path / f"{form}.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    archive.write(path, f"{inside}{path.relative_to(folder)}")
            archive.writestr("__MACOSX/._a.json", b"junk")
        before = set(tmp_path.iterdir())
        assert import_labels(peopled, packed, peopled.add_grader(form), form) == 2
        assert set(tmp_path.iterdir()) == before
        assert grading_of(peopled, form) != graded()


def test_all_is_read_before_anything_is_changed(peopled, tmp_path):
    """The second image's file is wrong: the first one's is not taken either."""
    for form in FORMATS:
        folder = written(peopled, form, tmp_path / form)
        if FORMATS[form].file:
            path = folder / FORMATS[form].file
            text = (
                path.read_text().replace('"height": 60', '"height": 61').replace('height="60"', 'height="61"')
            )
            path.write_text(text.replace("b,Ada,P-1", "b,Ada,P-1").replace(",good,", ",splendid,"))
        else:
            endings = (".json", ".geojson", ".txt", ".dcm", ".png")
            paths = [p for p in folder.rglob("b*") if p.suffix in endings and p.parent.name != "images"]
            for path in paths:
                path.write_bytes(path.read_bytes()[:-20])
        before = everything(peopled)
        with pytest.raises(RetinaError, match=r"^[^\n]+\.$"):
            import_labels(peopled, folder, peopled.grader("Ada"), form)
        assert everything(peopled) == before, form
    assert everything(peopled) == [content(graded())] * 8


def test_counts_need_their_graders_and_others_one(peopled, tmp_path):
    folder = written(peopled, "masks", tmp_path / "in")
    everybody = peopled.graders()
    for wrong in ([], everybody):
        with pytest.raises(RetinaError, match="holds the labels of one grader"):
            import_labels(peopled, folder, wrong, "masks")
    with pytest.raises(RetinaError, match="named twice"):
        import_labels(peopled, folder, [everybody[0], everybody[0]], "counts")


def test_two_files_of_one_image_are_refused(peopled, tmp_path):
    folder = written(peopled, "labelme", tmp_path / "in")
    (folder / "more").mkdir()
    (folder / "more" / "again.json").write_bytes((folder / "a.json").read_bytes())
    with pytest.raises(RetinaError, match=r"a\.json and again\.json are both of image a: keep one"):
        import_labels(peopled, folder, peopled.grader("Ada"), "labelme")


def test_a_submitted_grading_is_reopened_only_where_it_differs(peopled, tmp_path):
    ada = peopled.grader("Ada")
    folder = written(peopled, "geojson", tmp_path / "in")
    import_labels(peopled, folder, ada, "geojson", submit=True)
    image = peopled.image("a")
    first = peopled.session(image, ada).grading
    import_labels(peopled, folder, ada, "geojson", submit=True)
    assert peopled.session(image, ada).grading == first
    (folder / "b.geojson").unlink()
    written(peopled, "geojson", folder, GRADING.with_grade("dr", 2))
    import_labels(peopled, folder, ada, "geojson")
    assert peopled.session(image, ada).state == "in progress"
    assert peopled.session(image, ada).grading.grades["dr"] == 2


def test_progress_of_an_import_and_stopping_it(peopled, tmp_path):
    folder = written(peopled, "coco", tmp_path / "in")
    ada, seen = peopled.grader("Ada"), []

    def stop_at(step):
        def progress(done, total):
            seen.append((done, total))
            return done < step

        return progress

    before = everything(peopled)
    with pytest.raises(RetinaError, match="stopped: nothing was changed"):
        import_labels(peopled, folder, ada, "coco", progress=stop_at(1))
    assert everything(peopled) == before
    with pytest.raises(RetinaError, match="stopped after 1 of 2 gradings: import again"):
        import_labels(peopled, folder, ada, "coco", progress=stop_at(3))
    assert grading_of(peopled, image="b") == graded()
    seen.clear()
    import_labels(peopled, folder, ada, "coco", progress=stop_at(9))
    assert seen == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    assert content(grading_of(peopled, image="b")) == content(GRADING)


def test_progress_of_an_export_and_stopping_it(peopled, tmp_path):
    import_labels(peopled, written(peopled, "coco", tmp_path / "in"), peopled.grader("Ada"), "coco")
    seen = []
    export_labels(
        peopled, tmp_path / "out", "coco", "Ada", progress=lambda *step: bool(seen.append(step)) or True
    )
    assert seen == [(0, 2), (1, 2), (2, 2)]
    for form in ("coco", "cvat", "csv"):
        with pytest.raises(RetinaError, match="stopped after 1 of 2 images"):
            export_labels(peopled, tmp_path / form, form, "Ada", progress=lambda done, _all: done < 1)
        assert not (tmp_path / form).exists()  # a file is whole or not there


def test_the_consensus_in_every_format_and_a_table_of_everybody(peopled, tmp_path):
    folder = written(peopled, "geojson", tmp_path / "in")
    for name in ("Ada", "Ben", "Cleo"):
        import_labels(peopled, folder, peopled.grader(name), "geojson", submit=True)
    for form in FORMATS:
        assert export_labels(peopled, tmp_path / form, form, "consensus") == 2
    assert export_labels(peopled, tmp_path / "t.csv", "csv") == 2
    rows = (tmp_path / "t.csv").read_text().splitlines()
    assert [row.split(",")[:2] for row in rows[1:]] == [
        [image, who] for image in "ab" for who in ("Ada", "Ben", "Cleo", "consensus")
    ]
    with pytest.raises(RetinaError, match="are both of image a: keep one"):
        import_labels(peopled, tmp_path / "t.csv", peopled.grader("Dan"), "csv")
    export_labels(peopled, tmp_path / "c", "csv", "consensus")
    assert import_labels(peopled, tmp_path / "c", peopled.grader("Dan"), "csv") == 2
    assert grading_of(peopled, "Dan").grades == {"gradability": "good", "dr": 1}


def test_a_lesion_that_the_grade_does_not_allow_is_marked(peopled, tmp_path):
    grading = graded(("HaEx", Ellipse(20, 20, 5, 5)), ("MA", Ellipse(50, 20, 5, 5)), grades={"dr": 1})
    folder = written(peopled, "geojson", tmp_path / "in", grading)
    for name in ("Ada", "Ben", "Cleo"):
        import_labels(peopled, folder, peopled.grader(name), "geojson", submit=True)
    export_labels(peopled, tmp_path / "masks", "masks")
    values = {
        code: set(cv2.imread(str(tmp_path / "masks" / code / "a.png"), cv2.IMREAD_UNCHANGED).ravel().tolist())
        for code in ("HaEx", "MA")
    }
    assert values == {"HaEx": {0, 127}, "MA": {0, 255}}
    export_labels(peopled, tmp_path / "g", "geojson")
    assert (tmp_path / "g" / "a.geojson").read_text().count('"compliant": false') == 1
    import_labels(peopled, tmp_path / "masks", peopled.grader("Dan"), "masks")
    assert np.array_equal(grading_of(peopled, "Dan").mask("HaEx", *SIZE), grading.mask("HaEx", *SIZE))


def test_nothing_to_export_and_no_such_layer(peopled, tmp_path):
    for form, sentence in (
        ("coco", "no image has a consensus"),
        ("counts", "no image has a submitted grading"),
    ):
        with pytest.raises(RetinaError, match=sentence):
            export_labels(peopled, tmp_path / "out", form)
    with pytest.raises(RetinaError, match="no image has labels of Ada"):
        export_labels(peopled, tmp_path / "out", "coco", "Ada")
    with pytest.raises(RetinaError, match="There is no grader 'Eve'"):
        export_labels(peopled, tmp_path / "out", "coco", "Eve")
    with pytest.raises(RetinaError, match="inside the study"):
        export_labels(peopled, peopled.folder / "out", "coco", "Ada")
    with pytest.raises(RetinaError, match="no label format"):
        export_labels(peopled, tmp_path / "out", "bmp", "Ada")
    assert not (tmp_path / "out").exists()


def test_labels_of_images_that_are_not_here_are_passed_over(peopled, tmp_path):
    folder = written(peopled, "masks", tmp_path / "in")
    write_picture(folder / "OD" / "c.png")
    assert import_labels(peopled, folder, peopled.grader("Ada"), "masks") == 2
    for code in ("OD", "MA", "iHE", "HaEx", "CWS", "vHE", "pHE", "NV", "FiP"):
        for name in "ab":
            (folder / code / f"{name}.png").unlink()
    (folder / "points.csv").unlink()
    with pytest.raises(RetinaError, match="no labels of an image in this study"):
        import_labels(peopled, folder, peopled.grader("Ada"), "masks")
