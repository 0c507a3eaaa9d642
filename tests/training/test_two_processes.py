"""Two processes over gloo take the same steps as one with the doubled batch."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from training_store import TINY

SCRIPT = Path(__file__).with_name("two_processes.py")


def _losses(out):
    lines = (out / "events.jsonl").read_text("utf-8").splitlines()
    epochs = [event for event in map(json.loads, lines) if event["event"] == "epoch"]
    return [(e["stage"], e["epoch"], *e["losses"].values(), *e["metrics"].values()) for e in epochs]


def _run(command, out, *arguments):
    out.mkdir()
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(SCRIPT.parents[2])}
    done = subprocess.run(
        [*command, *map(str, arguments)], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return out


@pytest.fixture(scope="module")
def one(store, tmp_path_factory):
    folder = tmp_path_factory.mktemp("one")
    (folder / "tiny.toml").write_text(TINY, "utf-8")
    out = folder / "run"
    return _run([sys.executable, SCRIPT], out, store, folder / "tiny.toml", out, 1, 6)


def _same(first, second):
    for ours, theirs in zip(_losses(first), _losses(second), strict=True):
        assert ours[:2] == theirs[:2]
        assert ours[2:] == pytest.approx(theirs[2:], rel=2e-3)
    ours, theirs = (json.loads((out / "sums.json").read_text("utf-8")) for out in (first, second))
    assert ours == pytest.approx(theirs, rel=2e-3, abs=1e-4)


def test_two_started_by_fabric(one, store, recipe, tmp_path):
    out = tmp_path / "run"
    _same(one, _run([sys.executable, SCRIPT], out, store, recipe, out, 2, 3))


@pytest.mark.slow
def test_two_started_by_torchrun(one, store, recipe, tmp_path):
    out = tmp_path / "run"
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", SCRIPT]
    _same(one, _run(launcher, out, store, recipe, out, 2, 3))


@pytest.mark.slow
def test_the_command_line_trains_in_two_processes_and_tells_once(store, recipe, tmp_path):
    out = tmp_path / "run"
    command = [
        sys.executable,
        "-m",
        "training",
        "run",
        store,
        "--model",
        "disc",
        "--recipe",
        recipe,
        "--out",
        out,
    ]
    done = subprocess.run(
        [*map(str, command), "--device", "cpu", "--devices", "2", "--set", "decoder.epochs=2"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [event["event"] for event in events].count("start") == 1
    assert events[-1]["event"] == "end"
    assert (out / "disc.safetensors").is_file()
