import json

import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.retraining.follow import Events, Example, examples, gpus, gpus_of, progress_of
from retina_studio.retraining.run import RunFiles
from retina_studio.retraining.verdict import read_verdict

STEPS = {"event": "estimate", "steps": {"localiser": 20, "decoder": 60}}


def epoch(stage, number, step, **more):
    form = {"event": "epoch", "stage": stage, "epoch": number, "step": step, "losses": {"mse": 1 / number}}
    return {
        **form,
        "metrics": {"dice": None},
        "eta_s": 5.0,
        "elapsed_s": 10.0 * number,
        "memory_mb": {"ram": 9},
        **more,
    }


def test_each_event_is_told_once_and_half_a_line_waits(tmp_path):
    events = Events(tmp_path / "events.jsonl")
    assert events.new() == []
    line = json.dumps({"event": "start"})
    events.file.write_text(f"{line}\n{line[:9]}", "utf-8")
    assert events.new() == [{"event": "start"}]
    assert events.new() == []
    with events.file.open("a", encoding="utf-8") as file:
        file.write(f"{line[9:]}\nnot JSON\n[]\n{line}\n")
    assert len(events.new()) == 2


def test_progress_is_what_the_events_amount_to():
    stage = {"event": "stage", "stage": "localiser", "epochs": 2}
    assert progress_of([]).share == 0
    seen = progress_of([STEPS, stage, epoch("localiser", 1, 10)])
    assert (seen.stage, seen.epoch, seen.epochs, seen.share, seen.seconds_left) == (
        "localiser",
        1,
        2,
        0.125,
        5.0,
    )
    next_stage = {"event": "stage", "stage": "decoder", "epochs": 6}
    notice = {"event": "notice", "message": "Memory ran out."}
    seen = progress_of([STEPS, stage, epoch("localiser", 1, 10), next_stage, epoch("decoder", 1, 10), notice])
    assert seen.share == 0.375
    assert seen.losses == {"localiser/mse": [1.0], "decoder/mse": [1.0]}
    assert seen.metrics == {"localiser/dice": [None], "decoder/dice": [None]}
    assert seen.message == "Memory ran out."
    assert progress_of([STEPS, stage, epoch("localiser", 1, 10)], seconds=20).share == 0.5
    assert progress_of([STEPS, {"event": "end"}]).share == 1


def test_example_pictures_stand_in_the_order_in_which_they_were_drawn(tmp_path):
    files = RunFiles(tmp_path)
    assert examples(files) == []
    files.examples.mkdir(parents=True)
    for name in ("2-decoder-0001.png", "1-localiser-0010.png", "1-localiser-0002.png", "other.png"):
        (files.examples / name).touch()
    found = examples(files)
    assert [(e.stage, e.epoch) for e in found] == [("localiser", 2), ("localiser", 10), ("decoder", 1)]
    assert found[0] == Example("localiser", 2, files.examples / "1-localiser-0002.png")


def test_the_drivers_table_is_read_as_it_is():
    (gpu, old) = gpus_of("NVIDIA H200, 1024, 143771, 41, 87\nTesla K80, 5, 11441, [N/A], [N/A]\nnonsense\n")
    assert (gpu.name, gpu.memory_used, gpu.memory, gpu.temperature, gpu.load) == (
        "NVIDIA H200",
        1024,
        143771,
        41,
        0.87,
    )
    assert (old.temperature, old.load) == (None, None)


def test_without_a_driver_there_are_no_gpus(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert gpus() == []


@pytest.mark.parametrize("text", ["", "{}", '{"checks": []}', '{"checks": [1]}'])
def test_a_verdict_that_is_not_whole_is_one_sentence(tmp_path, text):
    (tmp_path / "gate.json").write_text(text, "utf-8")
    with pytest.raises(RetinaError, match="cannot be read"):
        read_verdict(tmp_path / "gate.json")
