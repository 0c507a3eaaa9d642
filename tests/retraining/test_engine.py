"""The engine on a real study with real processes."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.retraining.engine import Engine, EngineBusyError
from retina_studio.retraining.follow import Events, examples, progress_of
from retina_studio.retraining.overriding import override
from retina_studio.retraining.plan import make_plan
from retina_studio.retraining.process import TrainingProcess
from retina_studio.retraining.verdict import read_verdict
from retina_studio.study.verify import study_problems

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


def events_of(files, kind):
    return [event for event in Events(files.events).new() if event["event"] == kind]


def wait_for(condition, seconds=300):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


def is_training(files):
    return bool(TrainingProcess([str(files.training)], files.training).pid)


def test_a_run_goes_from_the_consensus_to_the_registry(settled, registry, queue):
    told = []
    before = registry.version("disc", "current")
    queue.ask(["disc"], "Eva", seconds=6, device="cpu")
    (run,) = Engine(settled.folder, queue.home, lambda run: told.append(run.state), registry).work()
    assert run.state in ("promoted", "held back"), run.reason
    assert list(dict.fromkeys(told)) == ["curating", "training", "gating", run.state]
    files = queue.files(run)
    verdict = read_verdict(files.gate)
    assert verdict.promoted == (run.state == "promoted")
    assert (verdict.current, verdict.candidate) == (before.hash, run.candidate)
    assert verdict.sentence() == run.reason
    assert len(verdict.images) == verdict.checks[0].images == 10
    made = registry.version("disc", run.candidate)
    assert (made.state == "current") == verdict.promoted
    assert (made.parent, made.facts.store_hash, made.by) == (before.hash, run.snapshot, "Eva")
    seen = progress_of(Events(files.events).new(), run.seconds)
    assert seen.share == 1
    assert "decoder/dice" in seen.metrics
    assert {example.stage for example in examples(files)} == {"localiser", "decoder"}
    assert study_problems(settled) == []
    (planned,) = make_plan(settled, registry, stems=["disc"]).models
    assert planned.measured
    assert planned.grown == (0 if verdict.promoted else 22)
    if not verdict.promoted:
        with pytest.raises(RetinaError, match="Only an engineer"):
            override(settled, registry, "disc", run.candidate, "Ada", "I like it")
        assert (
            override(settled, registry, "disc", run.candidate, "Eva", "It is better here.").state == "current"
        )
        assert study_problems(settled) == []


def test_what_was_killed_goes_on_from_its_checkpoint(settled, registry, queue):
    """The engine dies by kill -9 and training goes on; then training dies too; the next engine takes both up."""
    (run,) = queue.ask(["disc"], "Eva", device="cpu")
    files = queue.files(run)
    command = [sys.executable, "-m", "retina_studio", "retrain", str(settled.folder), "--resume", "--json"]
    engine = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: len(events_of(files, "epoch")) >= 2)
        with pytest.raises(EngineBusyError):
            Engine(settled.folder, queue.home, registry=registry).work()
    finally:
        engine.send_signal(signal.SIGKILL)
        engine.wait()
    assert queue.run(run.id).state == "training"
    assert is_training(files)
    seen = len(events_of(files, "epoch"))
    wait_for(lambda: len(events_of(files, "epoch")) > seen)
    os.killpg(queue.run(run.id).pid, signal.SIGKILL)
    wait_for(lambda: not is_training(files))
    (done,) = Engine(settled.folder, queue.home, registry=registry).work()
    assert done.state in ("promoted", "held back"), done.reason
    assert len(events_of(files, "start")) == 2
    assert len(events_of(files, "resume")) == 1
    epochs = [(event["stage"], event["epoch"]) for event in events_of(files, "epoch")]
    assert sorted(set(epochs)) == sorted(epochs)  # none was trained twice, but the one that was under way
    assert registry.version("disc", done.candidate).facts.store_hash == done.snapshot


def test_pause_gives_the_memory_back_and_cancel_keeps_what_is_best(settled, registry, queue):
    (run,) = queue.ask(["disc"], "Eva", device="cpu")
    files = queue.files(run)
    work = Engine(settled.folder, queue.home, registry=registry).work
    thread = threading.Thread(target=work)
    thread.start()
    wait_for(lambda: events_of(files, "epoch"))
    queue.pause(run.id)
    thread.join()
    assert queue.run(run.id).state == "paused"
    assert not is_training(files)
    epochs = len(events_of(files, "epoch"))
    assert files.checkpoint.is_file()
    assert work() == []  # it waits for a person
    queue.go_on(run.id)
    thread = threading.Thread(target=work)
    thread.start()
    wait_for(lambda: len(events_of(files, "epoch")) > epochs)
    queue.cancel(run.id)
    thread.join()
    done = queue.run(run.id)
    assert done.state == "cancelled"
    assert registry.version("disc", done.candidate).state == "candidate"
    assert not files.gate.exists()
    assert study_problems(settled) == []
