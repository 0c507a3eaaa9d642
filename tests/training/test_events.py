import json

from training.events import Events


def test_each_event_is_one_line_in_file_and_on_stdout(tmp_path, capsys):
    file = tmp_path / "events.jsonl"
    events = Events(file)
    events.emit("start", model="disc")
    events.emit("epoch", losses={"mse": float("nan")}, metrics=[1.0, float("inf")])
    lines = file.read_text("utf-8").splitlines()
    assert capsys.readouterr().out.splitlines() == lines
    assert [json.loads(line) for line in lines] == [
        {"event": "start", "model": "disc"},
        {"event": "epoch", "losses": {"mse": None}, "metrics": [1.0, None]},
    ]


def test_half_a_line_left_by_a_kill_is_dropped(tmp_path):
    file = tmp_path / "events.jsonl"
    file.write_text('{"event": "start"}\n{"event": "ep', "utf-8")
    Events(file).emit("resume")
    assert [json.loads(line)["event"] for line in file.read_text("utf-8").splitlines()] == ["start", "resume"]
