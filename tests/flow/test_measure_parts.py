"""The parts of `python -m tests.measure` that need no real image: the drusen rule, the stage folders, plan and page."""

import csv
import json
import sys
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from retina_studio.exchange.masks import list_masks
from retina_studio.images.metadata import read_sidecar
from retina_studio.store.read import Snapshot
from tests.measure import plan as plan_module
from tests.measure.composites import compose, disc_of, paleness
from tests.measure.drusen import NARROWEST, NORMAL, drusen_of
from tests.measure.page import HELD, NOT_HELD, UNDECIDED, page_of, verdict
from tests.measure.page_cycle import cycle_part
from tests.measure.plan import core_shares, read_plan, run_plan
from tests.measure.sets import SETS, Item, read_items, some_of_each, whole_patients
from tests.measure.snapshot import make_snapshot
from tests.measure.staging import SCALES, stage
from tests.measure.weak import looks_like_a_disc

PLAN = Path(plan_module.__file__).with_name("plan.toml")


def two_lines(gaps):
    """A plane whose Bruch's membrane is at row 60, and whose inner line lies `gaps` above it."""
    lines = np.zeros((80, len(gaps)), np.uint8)
    lines[60] = 127
    lines[60 - np.asarray(gaps), np.arange(len(gaps))] = 255
    return lines


def test_a_druse_is_where_the_lines_part_by_more_than_the_normal_thickness():
    gaps = np.full(100, 6)
    gaps[40:60] = 15
    found = drusen_of(two_lines(gaps))
    assert np.flatnonzero(found.any(axis=0)).tolist() == [*range(40, 60)]
    assert np.flatnonzero(found[:, 50]).tolist() == [*range(45, 61)]


def test_the_normal_thickness_narrow_stretches_and_missing_lines_are_no_drusen():
    assert not drusen_of(two_lines(np.full(60, int(NORMAL)))).any()
    narrow = np.full(60, 6)
    narrow[20 : 20 + NARROWEST - 1] = 20
    assert not drusen_of(two_lines(narrow)).any()
    broken = two_lines(np.full(60, 20))
    broken[:60, 30:] = 0
    assert np.flatnonzero(drusen_of(broken).any(axis=0)).max() < 30


def test_a_line_of_another_grey_is_refused_but_the_known_one():
    lines = two_lines(np.full(60, 15))
    other = np.where(lines == 255, 170, lines).astype(np.uint8)
    assert np.array_equal(drusen_of(other), drusen_of(lines))
    with pytest.raises(ValueError, match="value 99"):
        drusen_of(np.where(lines == 255, 99, lines).astype(np.uint8))


def test_a_patient_of_two_splits_goes_wholly_to_the_test():
    items = [
        Item("rimone_1", Path("1"), "train", patient="a"),
        Item("rimone_2", Path("2"), "test", patient="a"),
        Item("rimone_3", Path("3"), "val", patient="b"),
        Item("rimone_4", Path("4"), "train"),
        Item("rimone_5", Path("5"), "test"),
    ]
    found, moved = whole_patients(items)
    assert [item.split for item in found] == ["test", "test", "val", "train", "test"]
    assert moved == {"a": ["test", "train"]}


def test_a_small_snapshot_takes_the_grades_in_turn():
    items = [Item(f"dr_grades_{n}", Path(str(n)), "train", grades={"dr": str(int(n > 5))}) for n in range(10)]
    assert [item.name for item in some_of_each(items, 4)] == [f"dr_grades_{n}" for n in (0, 6, 1, 7)]


@pytest.fixture
def staged(tmp_path):
    """An item of 40 x 60 pixels in its stage folder, half as large."""
    picture = tmp_path / "one.png"
    cv2.imwrite(str(picture), np.full((40, 60, 3), 90, np.uint8))
    mask = np.zeros((40, 60), np.bool_)
    mask[10:20, 20:40] = True
    item = Item(
        "heimed_one", picture, "val", patient="p", eye="OS", grades={"dr": "2"}, points={"OD": (10, 20)},
        masks={"HaEx": lambda: mask, "CWS": lambda: np.zeros_like(mask)},
    )  # fmt: skip
    silent = replace(item, name="heimed_two", grades={}, points={}, masks={})
    stage([item, silent], tmp_path / "stage", longest=30)
    return tmp_path / "stage" / "fundus"


def test_the_stage_is_what_the_importers_read(staged):
    facts = read_sidecar(staged / "images.csv").facts["heimed_one"]
    assert (facts.eye, facts.patient, facts.split) == ("OS", "p", "val")
    assert cv2.imread(str(staged / "images" / "heimed_one.png")).shape == (20, 30, 3)
    found = list_masks(staged / "masks").read("heimed_one", 20, 30, "fundus")
    assert found.absent == {"CWS"}
    assert int(found.mask("HaEx", 20, 30).sum()) == 50
    assert [(s.geometry.x, s.geometry.y) for s in found.labelled("OD")] == [(5, 10)]


def test_every_image_has_a_row_of_grades_so_that_every_reading_is_submitted(staged):
    with (staged / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["image"] for row in rows] == ["heimed_one", "heimed_two"]
    assert [rows[0][scale] for scale in SCALES] == ["", "2", "", "", ""]
    assert not any(rows[1][scale] for scale in SCALES)


@pytest.mark.parametrize(
    ("axes", "second", "expected"),
    [((30, 34), None, True), ((30, 34), (300, 60), False), ((8, 9), None, False), ((120, 130), None, False)],
)
def test_a_weak_disc_is_one_part_of_a_discs_size(axes, second, expected):
    mask = np.zeros((400, 500), np.uint8)
    for centre in filter(None, ((150, 200), second)):
        cv2.ellipse(mask, centre, axes, 20, 0, 360, 1, -1)
    assert looks_like_a_disc(mask > 0, 480) is expected


def test_a_weak_disc_is_nearly_an_ellipse():
    mask = np.zeros((400, 500), np.uint8)
    cv2.fillPoly(
        mask, [np.array([(100, 150), (180, 150), (180, 170), (120, 170), (120, 250), (100, 250)])], 1
    )
    assert not looks_like_a_disc(mask > 0, 480)
    assert not looks_like_a_disc(np.zeros((40, 50), np.bool_), 50)


@pytest.fixture
def photograph():
    """A reddish fundus of 300 pixels with a pale disc, a vessel above it, and a dark macula on the right."""
    rng = np.random.default_rng(0)
    pixels = np.full((300, 400, 3), (150, 70, 40), np.float32) + rng.normal(0, 2, (300, 400, 1))
    disc = np.zeros((300, 400), np.uint8)
    cv2.ellipse(disc, (120, 150), (38, 42), 0, 0, 360, 1, -1)
    pixels[disc > 0] = (225, 190, 130)
    cv2.circle(pixels, (300, 160), 30, (90, 40, 25), -1)
    cv2.line(pixels, (150, 0), (150, 299), (100, 30, 20), 5)
    return np.clip(pixels, 0, 255).astype(np.uint8), disc > 0


def test_the_macula_tells_which_side_is_temporal(photograph):
    pixels, disc = photograph
    about = disc_of(pixels, disc)
    assert about.temporal == 1
    assert about.centre == pytest.approx((120.5, 150.5), abs=1)
    mirrored = disc_of(np.ascontiguousarray(pixels[:, ::-1]), np.ascontiguousarray(disc[:, ::-1]))
    assert mirrored.temporal == -1


def test_composed_atrophy_is_pale_beside_the_disc_under_the_vessels_and_nowhere_else(photograph):
    pixels, disc = photograph
    made, ppa = compose(np.random.default_rng(3), pixels, disc, width=(0.5, 0.6))
    assert not (ppa & disc).any()
    assert ppa.sum() > 0.1 * disc.sum()
    grown = cv2.dilate(disc.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert (grown & ppa).any()
    vessel = (pixels[..., 1] < 45) & ppa
    bare = cv2.erode(ppa.astype(np.uint8), np.ones((7, 7), np.uint8)).astype(bool) & ~vessel
    assert made[bare][:, 1].mean() > pixels[bare][:, 1].mean() + 15
    assert vessel.any()
    assert made[vessel][:, 1].mean() < 0.8 * made[bare][:, 1].mean()
    far = cv2.dilate((ppa | disc).astype(np.uint8), np.ones((61, 61), np.uint8)) == 0
    assert np.abs(made[far].astype(int) - pixels[far]).max() <= 1
    assert paleness(made, disc) > paleness(pixels, disc) + 0.05


def test_the_plan_names_experiments_models_and_systems_that_exist():
    from training.compare.table import SYSTEMS
    from training.experiments.experiment import read_experiment
    from training.tasks import task_spec

    for line in read_plan(PLAN):
        words = dict(zip(line.command[1::2], line.command[2::2], strict=True))
        if line.command[0] == "ablate":
            read_experiment(words["--experiment"])
        else:
            task_spec(words["--model"])
            assert set(words.get("--systems", "u-net").split(",")) <= SYSTEMS.keys()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ('why = ""\nhow = 1', "its keys must be"),
        ('why = ""\n[[line]]\nname = "a"\ntitle = ""\ncommand = "run"\nseconds = 1\nwhy = ""', "same name"),
    ],
)
def test_a_plan_with_a_fault_is_refused(tmp_path, change, sentence):
    path = tmp_path / "plan.toml"
    path.write_text(f'[[line]]\nname = "a"\ntitle = ""\ncommand = "run"\nseconds = 1\n{change}\n')
    with pytest.raises(ValueError, match=sentence):
        read_plan(path)


def test_a_plan_runs_each_line_once_and_says_how_it_went(tmp_path, monkeypatch):
    path = tmp_path / "plan.toml"
    path.write_text(
        "".join(
            f'[[line]]\nname = "{name}"\ntitle = ""\ncommand = "run --model disc"\nseconds = 5\nwhy = ""\n'
            for name in ("good", "bad")
        )
    )
    fake = tmp_path / "training"
    fake.mkdir()
    (fake / "__init__.py").touch()
    (fake / "__main__.py").write_text(
        "import pathlib, sys\n"
        "out = pathlib.Path(sys.argv[sys.argv.index('--out') + 1])\n"
        "out.mkdir(exist_ok=True)\n"
        "open(out / 'words', 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"
        "if out.name == 'bad': sys.exit('no such model')\n"
        "(out / 'report.json').write_text('{}')\n"
    )
    monkeypatch.chdir(tmp_path)  # `python -m training` finds the stand-in first
    out = tmp_path / "runs"
    for _ in range(2):
        assert run_plan(path, tmp_path / "store.h5", out, jobs=2) == ["bad"]
    assert len((out / "good" / "words").read_text().splitlines()) == 1
    assert len((out / "bad" / "words").read_text().splitlines()) == 2
    assert (out / "good" / "words").read_text().endswith("--seconds 5\n")
    assert "no such model" in (out / "bad.log").read_text()
    lines = json.loads((out / "lines.json").read_text())
    assert lines["good"]["command"] == (
        "python -m training run store.h5 --model disc --out RUNS/good --seconds 5"
    )
    assert (lines["good"]["done"], lines["bad"]["done"]) == (True, False)
    assert sys.executable not in lines["good"]["command"]


def test_the_cores_are_dealt_out():
    everything = core_shares(1)[0]
    shares = core_shares(2)
    assert set.union(*shares) == everything
    assert all(shares)
    assert sum(map(len, shares)) == max(len(everything), 2)


@pytest.mark.parametrize(
    ("interval", "higher", "expected"),
    [
        ((0.01, 0.2), True, HELD),
        ((0.01, 0.2), False, NOT_HELD),
        ((-0.2, -0.01), True, NOT_HELD),
        ((-0.2, -0.01), False, HELD),
        ((-0.1, 0.1), True, UNDECIDED),
        ((0.0, 0.1), True, UNDECIDED),
        (None, True, UNDECIDED),
    ],
)
def test_a_claim_is_decided_by_the_interval_alone(interval, higher, expected):
    assert verdict(interval, higher=higher) == expected


def cell(mean, against=None):
    return {"mean": mean, "sd": 0.01, "paper": 0.88, "against": against}


def table(interval):
    against = {"images": 20, "difference": 0.05, "interval": interval, "t_test": 0.04, "wilcoxon": None}
    arm = {"system": "", "changes": {}, "fraction": 0.1, "seeds": [0, 1], "training_seconds": 60.0}
    arm |= {"devices": ["cpu"], "start": ["random"]}
    return {
        "title": "Localiser",
        "claim": "Pre-training beats none.",
        "arm": "localiser",
        "reference": "none",
        "verdicts": [],
        "notes": "A note.",
        "model": "disc",
        "size": "compact",
        "store_hash": "ab" * 32,
        "seeds": [0, 1],
        "figures": {"dice": {"title": "Dice of the disc", "higher": True}},
        "lines": [
            {**arm, "arm": "localiser", "title": "with", "figures": {"dice": cell(0.9, against)}},
            {**arm, "arm": "none", "title": "without", "figures": {"dice": cell(0.85)}},
        ],
        "runs": 4,
        "missing": ["runs/none-10pc-seed1"],
        "jobs": 1,
        "hardware": {"processor": "a processor", "cores": 2, "gpu": "", "python": "3", "torch": "2"},
        "software": "1.0",
    }


REPORT = {
    "model": "disc", "size": "compact", "seed": 0, "store_hash": "ab" * 32, "software": "1.0", "backbone": "",
    "device": "cpu", "weights_hash": "cd" * 32, "training_seconds": 61.2, "cut_by_time": True,
    "test": {"split": "test", "images": 54, "dice_mean": 0.9372, "dice_interval": [0.92, 0.95], "per_image": []},
}  # fmt: skip
COUNTS = {
    "content hash": "ab" * 32,
    "by set": {"drishti": {"train": 42, "val": 8, "test": 26}},
    "by label": {"OD drawn": {"train": 42, "val": 8, "test": 26}},
    "by grade": {"dr 0": {"train": 80, "val": 15, "test": 21}},
}
MODEL = {
    "stem": "disc", "size": "compact", "variant": "", "input": [3, 224, 224], "answers": {"centre": {}, "masks": {}},
    "parameters": 538121, "mib": 2.05,
}  # fmt: skip


CYCLE = {
    "images": {"known": 30, "corrected": 2},
    "seconds": {"bound": 60.0, "all": 99.0},
    "outlines": {"OD": {"accepted": 3, "rejected": 1, "drawn": 1}},
    "runs": {
        "glaucoma": {
            "state": "held back",
            "reason": "Held back by the gate: the cup fell.",
            "images": 8,
            "verdict": {
                "checks": [
                    {
                        "title": "Dice of the cup",
                        "primary": True,
                        "images": 8,
                        "current": 0.8,
                        "candidate": 0.75,
                        "interval": [-0.08, -0.02],
                        "passed": False,
                    }
                ]
            },
        }
    },
    "proposed": {
        "before": {"glaucoma": {"weights": "ab" * 32, "dice": {"OD": 0.9}}},
        "after": {"glaucoma": {"weights": "ab" * 32, "dice": {"OD": 0.91}}},
    },
}


def test_a_cycle_is_told_with_its_gate_and_what_was_proposed_again():
    page = "\n".join(cycle_part(CYCLE))
    assert "on 2 validation images" in page
    assert "| OD | 3 | 1 | 1 |" in page
    assert "| Dice of the cup (primary) | 8 | 0.800 | 0.750 | -0.080 to -0.020 | fell |" in page
    assert "| glaucoma | OD | 0.900 | 0.910 | `abababababab` | `abababababab` |" in page


def test_the_page_says_what_the_runs_printed():
    results = [
        {"name": "claim-disc", "title": "Pre-training", "why": "Because.", "command": "python -m training ablate STORE",
         "began": "2026-11-22 20:00", "cores": 1, "table": table([0.01, 0.09])},
        {"name": "disc", "report": REPORT},
    ]  # fmt: skip
    page = page_of(results, COUNTS, [MODEL], {}, {})
    for text in (
        f"Snapshot `{'ab' * 32}`.",
        "| drishti | 42 | 8 | 26 |",
        "| disc | compact |  | 3 x 224 x 224 | centre, masks | 538,121 | 2.05 |",
        "| Pre-training beats none. | Dice of the disc, 10 % of the data, 20 images |",
        " | 0.050 [+0.010 to +0.090] | 2 | **held** |",
        "| with | 10 % | 0.900 ± 0.010 | 0.050 [+0.010 to +0.090] | 20 | 0.040, — | 0.880 |",
        "```sh\npython -m training ablate STORE\n```",
        "Runs without a result: runs/none-10pc-seed1.",
        "seeds 0, 1; 4 runs, at most 60.0 s of training a run; a processor, 1 core a run, no GPU, torch 2",
        "2026-11-22 20:00",
        "| dice_mean | 0.937 | 0.920 to 0.950 | 0.880 |",
        "61.2 s of training, cut by time on cpu; encoder from a random start; date not recorded",
        "The command was not recorded.",
    ):
        assert text in page
    assert "different snapshots" not in page


def test_the_page_says_where_results_come_from_different_snapshots():
    other = {**REPORT, "store_hash": "ef" * 32}
    page = page_of([{"name": "a", "report": REPORT}, {"name": "b", "report": other}], COUNTS, [], {}, {})
    assert "different snapshots" in page
    assert "| drishti |" not in page  # the counts are of one of them


@pytest.mark.slow
@pytest.mark.real_data
@pytest.mark.timeout(600)
def test_two_images_of_each_set_become_a_snapshot(tmp_path, real_data):
    figures = make_snapshot(real_data, tmp_path, name="tiny", count=2, longest=300)
    assert figures["planes that differ from their source"] == []
    assert figures["patients in two splits"] == []
    assert set(figures["patients in two splits of their set"]) == {
        "oct_kermany_9884539",
        "oct_kermany_9894035",
    }
    assert figures["by set"].keys() == SETS.keys()
    assert figures["by label"]["MA drawn"]["test"] == 2
    assert figures["by grade"]["ppa true"]["train"] == 1
    with Snapshot(tmp_path / "tiny.h5") as snapshot:
        of_name = {entry.name: entry for entry in snapshot.entries}
        graded = next(e for e in snapshot.entries if e.grades.get("dr", 0) and e.name.startswith("dr_"))
        assert {"MA", "NV"} <= set(graded.labels)  # the grade answers for the lesions
        assert not snapshot.mask(graded.index, "MA").any()
    known = {item.name: item for item in read_items(real_data)}
    assert all(known[name].modality == entry.modality for name, entry in of_name.items())
