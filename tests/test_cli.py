"""The command line as a person meets it: what it prints, and how it refuses."""

import json
import subprocess
import sys

import cv2
import numpy as np
import pytest

from retina_studio.cli import main


@pytest.fixture
def photographs(tmp_path):
    folder = tmp_path / "photographs"
    folder.mkdir()
    rng = np.random.default_rng(3)
    for name in ("a_OD", "b_OS", "c_OD", "d_OS"):
        cv2.imwrite(str(folder / f"{name}.png"), rng.integers(0, 255, (48, 64, 3), dtype=np.uint8))
    return folder


@pytest.fixture
def study_folder(tmp_path, photographs, run):
    run("init", tmp_path / "s")
    run("import", tmp_path / "s", photographs)
    for name in ("Ada", "Ben", "Cleo"):
        run("graders", tmp_path / "s", "add", name)
    return tmp_path / "s"


@pytest.fixture
def run(capsys):
    """Call the command line; returns what it printed. A non-zero exit raises with what it said on stderr."""

    def call(*arguments):
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        if end.value.code:
            raise RefusedError(end.value.code, captured.err)
        return captured.out

    return call


class RefusedError(Exception):
    def __init__(self, code, text):
        super().__init__(f"exit {code}: {text}")
        self.code, self.text = code, text


def refusal(run, *arguments):
    """The one sentence of a refused command."""
    with pytest.raises(RefusedError) as caught:
        run(*arguments)
    assert caught.value.code == 2
    text = caught.value.text.strip()
    assert "Traceback" not in text
    assert "\n" not in text, text
    return text


def write_disc(folder, name, x, size=(48, 64)):
    plane = np.zeros(size, np.uint8)
    cv2.circle(plane, (x, 24), 9, 255, -1)
    (folder / "OD").mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / "OD" / f"{name}.png"), plane)
    return plane > 0


def test_the_river_without_a_window(study_folder, photographs, tmp_path, run):
    names = ["a_OD", "b_OS", "c_OD", "d_OS"]
    drawn = {}
    for k, grader in enumerate(("Ada", "Ben", "Cleo")):
        for name in names:
            drawn[grader, name] = write_disc(tmp_path / grader, name, 28 + 3 * k)
        out = run(
            "labels",
            study_folder,
            "import",
            tmp_path / grader,
            "--grader",
            grader,
            "--format",
            "masks",
            "--submit",
        )
        assert "4 images" in out
    outcome = json.loads(run("vote", study_folder, "--json"))
    assert (outcome["settled"], outcome["adjudication"], outcome["waiting"]) == (4, 0, 0)
    assert outcome["images"][0]["labels"]["OD"] == "mask"
    run("curate", study_folder, tmp_path / "store.h5")
    assert "is whole" in run("verify", tmp_path / "store.h5")
    assert "is whole" in run("verify", study_folder)
    run("export", study_folder, tmp_path / "out", "--format", "masks")
    for name in names:
        votes = sum(drawn[grader, name].astype(int) for grader in ("Ada", "Ben", "Cleo"))
        back = cv2.imread(str(tmp_path / "out" / "OD" / f"{name}.png"), cv2.IMREAD_GRAYSCALE)
        assert np.array_equal(back, (votes >= 2).astype(np.uint8) * 255)


@pytest.mark.parametrize("format_", ["labelme", "coco", "masks"])
def test_labels_go_out_and_come_in_again(study_folder, tmp_path, run, format_):
    mask = write_disc(tmp_path / "in", "a_OD", 30)
    run("labels", study_folder, "import", tmp_path / "in", "--grader", "Ada", "--format", "masks")
    out = tmp_path / ("out.json" if format_ == "coco" else "out")
    run("export", study_folder, out, "--format", format_, "--layer", "Ada")
    run("labels", study_folder, "import", out, "--grader", "Ben", "--format", format_)
    run("export", study_folder, tmp_path / "again", "--format", "masks", "--layer", "Ben")
    back = cv2.imread(str(tmp_path / "again" / "OD" / "a_OD.png"), cv2.IMREAD_GRAYSCALE)
    assert np.array_equal(back > 0, mask)


def test_a_mask_named_after_the_image_file_is_found(study_folder, tmp_path, run):
    write_disc(tmp_path / "in", "a_OD.png", 30)
    assert "1 images" in run(
        "labels", study_folder, "import", tmp_path / "in", "--grader", "Ada", "--format", "masks"
    )


def test_labels_of_other_images_are_refused(study_folder, tmp_path, run):
    write_disc(tmp_path / "in", "somebody", 30)
    options = ("--grader", "Ada", "--format", "masks")
    assert "no labels of an image in this study" in refusal(
        run, "labels", study_folder, "import", tmp_path / "in", *options
    )


def test_an_empty_mask_is_the_answer_none(study_folder, tmp_path, run):
    folder = tmp_path / "in" / "PPA"
    folder.mkdir(parents=True)
    cv2.imwrite(str(folder / "a_OD.png"), np.zeros((48, 64), np.uint8))
    for grader in ("Ada", "Ben", "Cleo"):
        run(
            "labels",
            study_folder,
            "import",
            tmp_path / "in",
            "--grader",
            grader,
            "--format",
            "masks",
            "--submit",
        )
    outcome = json.loads(run("vote", study_folder, "--json"))
    assert outcome["images"][0]["labels"] == {"PPA": "none"}
    run("export", study_folder, tmp_path / "out", "--format", "masks")
    assert not cv2.imread(str(tmp_path / "out" / "PPA" / "a_OD.png"), cv2.IMREAD_GRAYSCALE).any()


def test_importing_the_same_labels_again_changes_nothing(study_folder, tmp_path, run):
    write_disc(tmp_path / "in", "a_OD", 30)
    for _ in range(2):
        run(
            "labels",
            study_folder,
            "import",
            tmp_path / "in",
            "--grader",
            "Ada",
            "--format",
            "masks",
            "--submit",
        )
    from retina_studio.study.study import Study

    with Study.open(study_folder) as study:
        session = study.session(study.image("a_OD"), study.grader("Ada"))
        assert len(session.grading.shapes) == 1
        assert len(session.history()) == 1


def test_bad_input_gets_one_sentence(study_folder, photographs, tmp_path, run):
    assert "not empty" in refusal(run, "init", study_folder)
    assert "not a study" in refusal(run, "vote", tmp_path / "nowhere")
    assert "does not exist" in refusal(run, "import", study_folder, tmp_path / "nowhere")
    assert "no grader 'Eve'" in refusal(
        run, "labels", study_folder, "import", photographs, "--grader", "Eve", "--format", "masks"
    )
    assert "already" in refusal(run, "graders", study_folder, "add", "Ada")
    assert "Nothing is settled yet" in refusal(run, "curate", study_folder, tmp_path / "s.h5")
    refusal(run, "verify", tmp_path / "text.h5")
    write_disc(tmp_path / "small", "a_OD", 10, size=(40, 64))
    sentence = refusal(
        run, "labels", study_folder, "import", tmp_path / "small", "--grader", "Ada", "--format", "masks"
    )
    assert "64" in sentence
    assert "48" in sentence
    assert not (tmp_path / "s.h5").exists()
    assert "inside the study" in refusal(run, "curate", study_folder, study_folder / "study.sqlite")
    assert "inside the study" in refusal(run, "export", study_folder, study_folder / "x", "--format", "coco")
    assert "is whole" in run("verify", study_folder)


def test_brackets_in_names_are_only_brackets(study_folder, run):
    assert "Dr [retina] Lee" in run("graders", study_folder, "add", "Dr [retina] Lee")
    assert "A[/b]" in run("graders", study_folder, "add", "A[/b]")
    assert "A[/b]" in run("graders", study_folder)


def test_the_window_without_a_display_is_refused_in_one_sentence(study_folder, tmp_path, run, monkeypatch):
    assert "not a study" in refusal(run, tmp_path / "nowhere")
    for variable in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(variable, raising=False)
    if sys.platform == "linux":
        assert "no display" in refusal(run, "gui", study_folder)
        assert "no display" in refusal(run, study_folder / "study.toml"), "a file manager opens the file"


def test_a_wrong_word_names_the_right_ones(run):
    with pytest.raises(RefusedError) as caught:
        run("import", "s", "x", "--modality", "xray")
    assert caught.value.code == 2
    assert "fundus" in caught.value.text


@pytest.mark.parametrize(
    "command",
    [
        ["gui"], ["init"], ["import"], ["graders"], ["labels"], ["vote"], ["curate"], ["verify"], ["propose"],
        ["predict"], ["train"], ["evaluate"], ["export"], ["demo"], ["doctor"],
    ],
)  # fmt: skip
def test_every_command_explains_itself(run, command):
    assert "Usage" in run(*command, "--help")


def test_the_version(run, capsys):
    main(["--version"])
    assert capsys.readouterr().out.startswith("Retina Studio ")


def test_doctor_says_what_there_is(run):
    said = run("doctor")
    assert "torch" in said
    assert "Qt platform" in said


def test_the_program_as_a_program(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "retina_studio", "vote", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.strip() == f"{tmp_path} is not a study: make one with `retina-studio init {tmp_path}`."


def test_a_model_looks_at_its_own_modality_only(tmp_path, photographs, run):
    from retina_studio.networks.table import model_spec
    from retina_studio.networks.weights import WeightsHeader, save_weights

    spec = model_spec("disc", "compact")
    header = WeightsHeader(
        stem="disc", size="compact", options=dict(spec.options), preprocessing=spec.preprocessing,
        stages=("localiser", "decoder"), metrics={}, store_hash="0" * 64, recipe={}, software="test",
    )  # fmt: skip
    save_weights(tmp_path / "disc.safetensors", spec.build().state_dict(), header)
    run("init", tmp_path / "s")
    run("import", tmp_path / "s", photographs / "a_OD.png", "--modality", "oct")
    options = ("--model", "disc", "--weights", tmp_path / "disc.safetensors")
    assert "no fundus image" in refusal(run, "propose", tmp_path / "s", *options)
    run("import", tmp_path / "s", photographs / "b_OS.png")
    assert "1 images have a proposal" in run("propose", tmp_path / "s", *options)
    assert "no model 'magic'" in refusal(run, "propose", tmp_path / "s", "--model", "magic")
