"""The commands `labels import` and `export`, with the formats of the table."""

import cv2
import numpy as np
import pytest
from exchange_examples import HEIGHT, WIDTH

from retina_studio.cli import main
from retina_studio.exchange.formats import FORMATS


@pytest.fixture
def call(peopled, tmp_path, capsys):
    """Call a command on the study; returns (exit status, what it said)."""
    plane = np.zeros((HEIGHT, WIDTH), np.uint8)
    plane[10:40, 10:40], plane[15:35, 15:35] = 1, 4
    (tmp_path / "in" / "OD").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "in" / "OD" / "a.png"), plane)

    def run(*arguments):
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return end.value.code or 0, captured.out + captured.err

    return run


def test_counts_for_four_graders_and_out_again(call, peopled, tmp_path):
    code, said = call(
        "labels", peopled.folder, "import", tmp_path / "in", "--format", "counts",
        "--graders", "Ada, Ben,Cleo,Dan", "--submit",
    )  # fmt: skip
    assert (code, said) == (0, "Labels of 1 images imported for Ada, Ben, Cleo, Dan.\n")
    assert call("export", peopled.folder, tmp_path / "out", "--format", "counts")[0] == 0
    back, given = (
        cv2.imread(str(tmp_path / name / "OD" / "a.png"), cv2.IMREAD_UNCHANGED) for name in ("out", "in")
    )
    assert np.array_equal(back, given)
    assert call("export", peopled.folder, tmp_path / "m", "--format", "masks", "--per-image", 4)[0] == 0
    mask = cv2.imread(str(tmp_path / "m" / "OD" / "a.png"), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(mask, (given >= 3) * np.uint8(255))


def test_what_is_asked_wrongly_is_said(call, peopled, tmp_path):
    place = ("labels", peopled.folder, "import", tmp_path / "in", "--format")
    for wrong, sentence in (
        ((*place, "bmp", "--grader", "Ada"), "is not one of"),
        ((*place, "masks"), "Say whose labels"),
        ((*place, "counts", "--grader", "Ada", "--graders", "Ada,Ben"), "Say whose labels"),
        ((*place, "counts", "--graders", "Ada,Eve"), "There is no grader 'Eve'"),
        ((*place, "masks", "--graders", "Ada,Ben"), "holds the labels of one grader"),
    ):
        code, said = call(*wrong)
        assert code in {1, 2}
        assert sentence in " ".join(said.split())
    assert all(entry.state == "open" for entry in peopled.worklist(peopled.grader("Ada")))


def test_the_help_names_every_format(call):
    _, said = call("export", "--help")
    assert all(name in said for name in FORMATS)
