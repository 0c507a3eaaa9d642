import json
from datetime import datetime

import pytest

from retina_studio.domain.errors import RetinaError
from retina_studio.inference.registry import Registry
from retina_studio.retraining.queue import Queue, is_due
from retina_studio.retraining.work import PutOffError, RunWork


def test_runs_that_were_asked_for_together_share_an_order_and_stand_in_line(queue):
    first = queue.ask(["glaucoma", "lesion"], "Eva", seconds=60, not_before="2026-05-01T22:00")
    (later,) = queue.ask(["disc"], "Eva")
    assert [run.id for run in queue.runs()] == ["0001-glaucoma", "0002-lesion", "0003-disc"]
    assert first[0].order == first[1].order != later.order
    assert {run.state for run in queue.runs()} == {"waiting"}
    assert Queue(queue.home).runs() == queue.runs()
    assert not is_due(first[0], datetime(2026, 5, 1, 21, 59))
    assert is_due(first[0], datetime(2026, 5, 1, 22, 0))
    assert is_due(later, datetime(2026, 5, 1))


@pytest.mark.parametrize(
    ("stems", "when", "words"),
    [
        ([], "", "at least one model"),
        (["retina"], "", "no model 'retina'"),
        (["disc"], "tonight", "'tonight' is no time"),
        (["disc"], "2026-05-01T22:00+02:00", "without a zone"),
    ],
)
def test_a_wrong_request_is_one_sentence(queue, stems, when, words):
    with pytest.raises(RetinaError, match=words):
        queue.ask(stems, "Eva", not_before=when)
    assert queue.runs() == []


def test_a_model_stands_in_the_queue_once(queue):
    (run,) = queue.ask(["disc"], "Eva")
    with pytest.raises(RetinaError, match="disc is in the queue already"):
        queue.ask(["ppa", "disc"], "Eva")
    queue.cancel(run.id)
    assert queue.run(run.id).state == "cancelled"
    (again,) = queue.ask(["disc"], "Eva")
    assert again.id == "0002-disc"


def test_what_waits_can_be_paused_and_goes_on(queue):
    (run,) = queue.ask(["disc"], "Eva", not_before="2999-01-01T00:00")
    assert queue.pause(run.id).state == "paused"
    going = queue.go_on(run.id)
    assert (going.state, going.not_before) == ("waiting", "")
    with pytest.raises(RetinaError, match="not paused"):
        queue.go_on(run.id)


def test_what_trains_is_asked_and_not_changed(queue):
    (run,) = queue.ask(["disc"], "Eva")
    queue.update(run.id, state="training", pid=7)
    assert (queue.pause(run.id).state, queue.run(run.id).wish) == ("training", "pause")
    assert queue.go_on(run.id).wish == ""
    queue.files(run).training.mkdir()
    assert (queue.cancel(run.id).state, queue.run(run.id).wish) == ("training", "cancel")
    queue.update(run.id, state="gating")
    with pytest.raises(RetinaError, match="only training can be paused"):
        queue.pause(run.id)
    queue.update(run.id, state="failed", wish="", reason="no memory")
    assert queue.go_on(run.id).state == "waiting"
    queue.update(run.id, state="promoted")
    with pytest.raises(RetinaError, match="promoted already"):
        queue.cancel(run.id)


def test_what_failed_goes_on_unless_its_model_is_in_the_queue_again(queue):
    first, other = queue.ask(["disc", "ppa"], "Eva")
    for run in (first, other):
        queue.update(run.id, state="failed", reason="no memory")
    (again,) = queue.ask(["disc"], "Eva")
    with pytest.raises(RetinaError, match="disc is in the queue already"):
        queue.go_on(first.id)
    assert [run.id for run in queue.go_on_with_failed()] == [other.id]
    queue.update(again.id, state="held back")
    assert queue.go_on_with_failed() == []  # a later run of the disc has ended well
    assert [run.state for run in queue.runs()] == ["failed", "waiting", "held back"]


def test_who_cancels_before_the_engine_takes_a_run_up_is_heard(queue, study):
    (run,) = queue.ask(["disc"], "Eva")
    queue.cancel(run.id)
    told = []
    with pytest.raises(PutOffError):
        RunWork(study, Registry(), queue, run, lambda: False, told.append).begin()
    assert queue.run(run.id).state == "cancelled"
    assert told == []


def test_a_run_that_is_done_keeps_what_people_look_at(queue):
    (run,) = queue.ask(["disc"], "Eva")
    files = queue.files(run)
    files.training.mkdir()
    kept = (files.state, files.report, files.gate, files.log, files.trained("disc"))
    for file in (*kept, files.checkpoint, files.start, files.current, files.candidate):
        file.touch()
    files.tidy()
    assert {file for file in files.folder.rglob("*") if file.is_file()} == {*kept}


def test_a_damaged_state_is_one_sentence_that_names_the_run(queue):
    (run,) = queue.ask(["disc"], "Eva")
    file = queue.files(run).state
    whole = json.loads(file.read_text("utf-8"))
    for form in ("{", json.dumps({**whole, "state": "asleep"}), json.dumps({**whole, "colour": 1}), "[]"):
        file.write_text(form, "utf-8")
        with pytest.raises(RetinaError, match="run 0001-disc is damaged"):
            queue.runs()
    file.write_text(json.dumps(whole), "utf-8")
    assert queue.run(run.id) == run
    with pytest.raises(RetinaError, match="no run '0009-disc'"):
        queue.run("0009-disc")


def test_what_cannot_be_removed_changes_nothing_of_a_run(queue):
    (run,) = queue.ask(["disc"], "Eva")
    files = queue.files(run)
    (files.start / "inside").mkdir(parents=True)  # no file at all
    files.current.touch()
    files.tidy()
    assert not files.current.exists()
