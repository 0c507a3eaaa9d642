"""Grids of runs: which there are, what is done again, and what the tables say. The runs themselves are stand-ins."""

import json
import sys
import threading
import time

import pytest
import torch
from training_store import TINY, phantom, write_store

from retina_studio.domain.errors import RetinaError
from training.cli import main
from training.compare.beside import compared_row
from training.compare.table import SYSTEMS, systems_of
from training.experiments.experiment import (
    Cell,
    changes_of,
    experiment_file,
    read_experiment,
    shipped_experiments,
)
from training.experiments.figures import COMPARED, FIGURES, SYSTEM_PAPER
from training.experiments.grid import compare_systems, run_experiment
from training.experiments.runner import Runner
from training.subject import chosen, row_and_recipe

GRID = """
title = "A grid"
claim = "The first arm is better."
arm = "first"
reference = "second"
model = "disc"
seeds = [0, 1]
fractions = [0.5, 1.0]
fraction_of = "mask_fraction"
figures = ["dice", "centre_error_dd"]
[changes]
"decoder.epochs" = 2
[arms.first]
title = "First"
paper = { dice = 0.88 }
[arms.second]
title = "Second"
changes = { with_localiser = false, "preprocessing.height" = 32 }
[arms.u-net]
title = "U-Net"
system = "u-net"
fractions = [1.0]
"""
# A stand-in for a run: Dice of four test images, better for the arm "first" and for seed 1.
STAND_IN = """
import json, pathlib, sys
folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
with open(folder / "started", "a") as file:
    file.write("x")
{before}
better = 0.1 * ("first" in folder.name) + 0.02 * ("seed1" in folder.name)
rows = [dict(name=f"image{{n}}", dice=0.5 + n / 20 + better * (1 + n % 2), centre_error_dd=None) for n in range(4)]
report = dict(training_seconds=3.0, device="cpu", backbone="", test=dict(per_image=rows))
(folder / "report.json").write_text(json.dumps(report))
"""


@pytest.fixture
def grid(tmp_path):
    path = tmp_path / "grid.toml"
    path.write_text(GRID, "utf-8")
    return path


@pytest.fixture
def runs(monkeypatch):
    """Make the runs stand-ins, with a line of Python before each writes its report."""

    def put(before=""):
        script = STAND_IN.format(before=before)
        monkeypatch.setattr(
            Runner, "command", lambda self, cell: [sys.executable, "-c", script, str(self.out / cell.folder)]
        )

    put()
    return put


def events_of(out):
    return [json.loads(line) for line in (out / "events.jsonl").read_text("utf-8").splitlines()]


def started(out):
    return {path.parent.name: len(path.read_text()) for path in out.glob("runs/*/started")}


def test_the_cells_are_all_arms_shares_and_seeds_a_whole_seed_first(grid):
    cells = list(read_experiment(grid).cells())
    assert len(cells) == 10
    assert {cell.seed for cell in cells[:5]} == {0}
    assert [cell.folder for cell in cells[:5]] == [
        "runs/first-50pc-seed0",
        "runs/first-seed0",
        "runs/second-50pc-seed0",
        "runs/second-seed0",
        "runs/u-net-seed0",
    ]


def test_a_cell_s_command_is_one_that_a_person_could_type(grid, store, tmp_path):
    experiment = read_experiment(grid)
    changes = changes_of(experiment, Cell("second", 0.5, 1))
    assert changes == {
        "decoder.epochs": 2,
        "with_localiser": False,
        "preprocessing.height": 32,
        "seed": 1,
        "mask_fraction": 0.5,
    }
    runner = Runner(store, experiment, tmp_path / "r.toml", tmp_path, 30, 2, "cpu", ["--from-scratch"])
    words = runner.command(Cell("u-net", 1.0, 0))
    assert words[1:4] == ["-m", "training", "run"]
    line = " ".join(words)
    for part in (
        "--model disc",
        "--system u-net",
        "--seconds 30",
        "--set seed=0",
        "--device cpu",
        "--from-scratch",
    ):
        assert part in line
    assert "mask_fraction" not in line


def test_the_tables_say_mean_deviation_interval_and_paper(grid, store, tmp_path, runs):
    out = tmp_path / "out"
    table = json.loads(run_experiment(store, grid, out, jobs=2).read_text("utf-8"))
    lines = {(line["arm"], line["fraction"]): line for line in table["lines"]}
    assert set(lines) == {("first", 0.5), ("first", 1), ("second", 0.5), ("second", 1), ("u-net", 1)}
    first, second = (lines[arm, 1]["figures"]["dice"] for arm in ("first", "second"))
    # images 0 to 3: .5 + n/20 + better (1, 2, 1, 2 times); better: 0 and .02 by seed, .1 more for the first arm
    assert second["mean"] == pytest.approx(0.575 + 0.5 * 0.03)
    assert second["sd"] == pytest.approx(0.015)
    assert second["against"] is None
    assert first["paper"] == 0.88
    against = first["against"]
    assert against["images"] == 4
    assert against["difference"] == pytest.approx(0.15)
    low, high = against["interval"]
    assert (low, high) == (pytest.approx(0.1), pytest.approx(0.2))
    assert against["t_test"] == pytest.approx(
        0.0138, abs=1e-4
    )  # differences .1 .2 .1 .2: t = .15 / (.05774 / 2) = 5.196
    assert lines["first", 1]["training_seconds"] == 3.0
    assert lines["first", 1]["figures"]["centre_error_dd"]["mean"] is None
    assert table["verdicts"] == [
        {"fraction": 0.5, "figure": "dice", "verdict": "held"},
        {"fraction": 1.0, "figure": "dice", "verdict": "held"},
    ]
    text = (out / "table.md").read_text("utf-8")
    assert (
        "| First | 100 % | 0.7400 ± 0.0150 | 0.1500 [+0.1000 to +0.2000], 4 images | 0.014 | 0.125 | 0.8800 |"
        in text
    )
    assert "5.0000" not in text
    page = (out / "table.html").read_text("utf-8")
    assert "<td>0.7400 ± 0.0150</td>" in page
    assert [event["event"] for event in events_of(out)] == ["start", *["run"] * 10, "end"]


def test_a_claim_that_goes_the_other_way_is_said_so(grid, store, tmp_path, runs):
    grid.write_text(
        GRID.replace('arm = "first"\nreference = "second"', 'arm = "second"\nreference = "first"')
    )
    table = json.loads(run_experiment(store, grid, tmp_path / "out").read_text("utf-8"))
    assert {verdict["verdict"] for verdict in table["verdicts"]} == {"reversed"}


def test_what_is_finished_is_not_run_again(grid, store, tmp_path, runs):
    out = tmp_path / "out"
    run_experiment(store, grid, out)
    (out / "runs" / "first-seed1" / "report.json").unlink()
    run_experiment(store, grid, out)
    again = started(out)
    assert again.pop("first-seed1") == 2
    assert set(again.values()) == {1}
    last = events_of(out)[-11:-1]
    assert sum(event["finished_before"] for event in last) == 9


def test_a_run_that_fails_leaves_the_others_and_is_named(grid, store, tmp_path, runs, capsys):
    out = tmp_path / "out"
    runs("if 'second-seed0' in sys.argv[1]: sys.exit('The disk is full.')")
    with pytest.raises(
        RetinaError, match=r"1 of the runs failed; the first, runs/second-seed0: The disk is full\."
    ):
        run_experiment(store, grid, out)
    table = json.loads((out / "table.json").read_text("utf-8"))
    assert table["missing"] == ["runs/second-seed0"]
    line = next(line for line in table["lines"] if (line["arm"], line["fraction"]) == ("first", 1))
    assert line["seeds"] == [0, 1]
    assert line["figures"]["dice"]["against"]["difference"] == pytest.approx(
        0.15
    )  # of seed 1, which both have
    runs()
    run_experiment(store, grid, out)
    assert json.loads((out / "table.json").read_text("utf-8"))["missing"] == []


def test_stopping_ends_the_runs_and_starting_again_goes_on(grid, store, tmp_path, runs):
    out = tmp_path / "out"
    runs("import time\nif 'seed1' in sys.argv[1]: time.sleep(60)")
    runner = Runner(store, read_experiment(grid), None, out, jobs=2)
    outcomes = runner.run()
    finished = [next(outcomes) for _ in range(5)]
    assert all(outcome.cell.seed == 0 and not outcome.error for outcome in finished)
    begun = time.monotonic()
    outcomes.close()
    assert time.monotonic() - begun < 10
    assert not runner._processes
    runs()
    rest = list(Runner(store, read_experiment(grid), None, out).run())
    assert sum(not outcome.finished_before for outcome in rest) == 5


def test_runs_go_side_by_side_and_share_the_cores(grid, store, tmp_path, runs, monkeypatch):
    monkeypatch.setattr("training.experiments.runner.cores", lambda: 8)
    wait = "import os, time\n(folder / 'threads').write_text(os.environ['OMP_NUM_THREADS'])\n"
    wait += "(folder / 'begin').write_text(str(time.monotonic()))\ntime.sleep(0.3)\n"
    wait += "(folder / 'end').write_text(str(time.monotonic()))"
    runs(wait)
    out = tmp_path / "out"
    run_experiment(store, grid, out, jobs=4)
    folders = list((out / "runs").iterdir())
    assert {(folder / "threads").read_text() for folder in folders} == {"2"}
    spans = [(float((f / "begin").read_text()), float((f / "end").read_text())) for f in folders]
    together = [sum(a < end and start < b for start, end in spans) for a, b in spans]
    assert max(together) > 1
    assert threading.active_count() < 5


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("seeds = [0, 1]", "seeds = []"), "'seeds' is wrong"),
        (('title = "A grid"', 'titel = "A grid"'), "no key 'titel'|'title' is missing"),
        (('figures = ["dice", "centre_error_dd"]', 'figures = ["dize"]'), "no figure 'dize'; it has: dice"),
        (('reference = "second"', 'reference = "third"'), "no arm 'third'"),
        (('system = "u-net"', 'system = "unet"'), "no comparison system 'unet'"),
        (('model = "disc"', 'model = "dics"'), "no model 'dics'"),
        (("fractions = [0.5, 1.0]", "fractions = [0.0]"), "fractions.0"),
        (("[arms.u-net]", "[arms.'../u']"), "arms"),
        (("seeds = [0, 1]", "seeds = [0"), "not valid TOML"),
    ],
)
def test_a_file_that_is_wrong_is_one_sentence(grid, change, sentence):
    grid.write_text(GRID.replace(*change))
    with pytest.raises(RetinaError, match=sentence):
        read_experiment(grid)


def test_a_folder_of_another_experiment_is_refused(grid, store, tmp_path, runs):
    out = tmp_path / "out"
    run_experiment(store, grid, out)
    grid.write_text(GRID.replace('epochs" = 2', 'epochs" = 3'))
    with pytest.raises(RetinaError, match="holds another experiment"):
        run_experiment(store, grid, out)
    with pytest.raises(RetinaError, match="not empty and not an experiment"):
        run_experiment(store, grid, tmp_path)
    other = write_store(tmp_path / "other.h5", [phantom(0, split="train"), phantom(1, split="test")])
    grid.write_text(GRID)
    with pytest.raises(RetinaError, match="on another snapshot"):
        run_experiment(other, grid, out)


def test_an_unknown_experiment_names_the_shipped_ones():
    with pytest.raises(RetinaError, match="no experiment 'claim'; there is: claim-disc, claim-glaucoma"):
        read_experiment("claim")


@pytest.mark.parametrize("name", shipped_experiments())
def test_every_shipped_experiment_builds_all_its_arms(name):
    experiment = read_experiment(name)
    file = experiment_file(name).parent / experiment.recipe if experiment.recipe else None
    for arm in experiment.arms:
        cell = Cell(arm, experiment.fractions[0], 1)
        changes = [f"{key}={json.dumps(value)}" for key, value in changes_of(experiment, cell).items()]
        row, recipe = row_and_recipe(experiment.model, experiment.size, file, tuple(changes))
        if system := experiment.arms[cell.arm].system:
            row, recipe = compared_row(row, recipe, system)
        with torch.device("meta"):
            row.build(*chosen(row, recipe))
        assert recipe.seed == cell.seed


def test_the_experiments_of_the_papers_are_there():
    assert {f"claim-{stem}" for stem in FIGURES} <= set(shipped_experiments())
    assert list(read_experiment("disc-pretraining").fractions) == [n / 10 for n in range(1, 11)]
    strategies = {arm.changes["strategy"] for arm in read_experiment("glaucoma-strategies").arms.values()}
    assert strategies == {"mtl_io", "sum", "stl", "gradnorm", "pcgrad"}
    assert [arm.paper.get("dice_ppa") for arm in read_experiment("ppa-joint-dice").arms.values()] == [
        0.7763, 0.7853, 0.8406, 0.8556, 0.8854,
    ]  # fmt: skip


def test_a_comparison_is_the_model_and_the_systems_of_its_paper(store, tmp_path, runs):
    out = tmp_path / "out"
    table = json.loads(compare_systems(store, "disc", out).read_text("utf-8"))
    assert [line["arm"] for line in table["lines"]] == ["ours", "plain-unet", "u-net"]
    assert table["reference"] == "ours"
    assert table["lines"][2]["figures"]["dice"]["paper"] == 0.84
    assert SYSTEMS["u-net"].note in table["notes"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--model", "discs"], "no model 'discs'"),
        (["--model", "disc", "--size", "huge"], "no size 'huge'"),
        (["--model", "disc", "--systems", "u-net,v-net"], "no comparison system 'v-net'"),
    ],
)
def test_a_wrong_comparison_is_one_sentence_and_status_2(store, tmp_path, capsys, words, sentence):
    with pytest.raises(SystemExit) as left:
        main(["compare", str(store), "--out", str(tmp_path / "out"), *words])
    assert left.value.code == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("stem", FIGURES)
def test_what_a_comparison_shows_exists_and_the_papers_figures_are_of_its_systems(stem):
    assert set(COMPARED[stem]) <= set(FIGURES[stem])
    for name, figures in SYSTEM_PAPER[stem].items():
        assert name == "ours" or name in systems_of(stem)
        assert set(figures) <= set(FIGURES[stem])


@pytest.mark.slow
def test_a_small_grid_from_end_to_end(store, tmp_path, capsys):
    """Real runs in processes of their own, by the command line; the model, its ablation and a comparison system."""
    (tmp_path / "tiny.toml").write_text(TINY, "utf-8")
    text = GRID.replace("seeds = [0, 1]", 'seeds = [0]\nrecipe = "tiny.toml"').replace("[0.5, 1.0]", "[0.5]")
    text = text.replace('"decoder.epochs" = 2', '"decoder.epochs" = 6')
    (tmp_path / "grid.toml").write_text(text, "utf-8")
    out = tmp_path / "out"
    main_words = ["ablate", str(store), "--experiment", str(tmp_path / "grid.toml"), "--out", str(out)]
    with pytest.raises(SystemExit) as left:
        main([*main_words, "--jobs", "2", "--device", "cpu"])
    assert left.value.code == 0
    table = json.loads((out / "table.json").read_text("utf-8"))
    assert table["missing"] == []
    lines = {line["arm"]: line for line in table["lines"]}
    assert lines["first"]["figures"]["dice"]["mean"] > 0
    assert lines["first"]["figures"]["centre_error_dd"]["mean"] is not None
    assert lines["second"]["figures"]["centre_error_dd"]["mean"] is None
    assert lines["u-net"]["training_seconds"] > 0
    report = json.loads((out / "runs" / "first-50pc-seed0" / "report.json").read_text("utf-8"))
    assert lines["first"]["figures"]["dice"]["mean"] == pytest.approx(report["test"]["dice_mean"])
