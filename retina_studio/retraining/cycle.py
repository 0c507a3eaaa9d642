"""One run from the study's consensus to the registry. Each step can be begun again where a crash left it."""

from retina_studio.domain.errors import RetinaError
from retina_studio.retraining.judging import judge, keep_cancelled
from retina_studio.retraining.needs import model_needs
from retina_studio.retraining.process import TrainingProcess
from retina_studio.retraining.queue import utc_now
from retina_studio.retraining.run import Run
from retina_studio.retraining.work import CancelledError, PutOffError, RunWork, last_event
from retina_studio.study.curation import curate

EXAMPLES = 4  # validation images that are drawn after each epoch
_WORDS: dict[str, str] = {"pause": "pause", "cancel": "finish"}  # of training/control.py


def carry_through(work: RunWork) -> Run:
    """Do what is still to do for a run.

    Raises:
        PutOffError: the run was paused, or the engine is to stop; a later call goes on.
        RetinaError: it failed, in one sentence.
    """
    work.begin()
    try:
        if not work.files.finished.is_file():
            _curate(work)
            _train(work)
        if work.asked() == "cancel":
            raise CancelledError
        return judge(work)
    except CancelledError:
        if work.files.finished.is_file():
            return keep_cancelled(work)
        return work.change(
            state="cancelled", wish="", reason="It was cancelled before it had learnt anything."
        )


def _curate(work: RunWork) -> None:
    """A snapshot for this run, the same one for all that were asked for together."""
    run = work.run
    if run.snapshot and work.snapshot().is_file():
        return
    work.look()
    together = [other for other in work.queue.runs() if other.order == run.order and other.snapshot]
    made = next((other for other in together if work.snapshot(other.snapshot).is_file()), None)
    if made is not None:
        work.change(snapshot=made.snapshot, curated=made.curated)
        return
    work.change(state="curating")
    at = utc_now()
    digest = curate(work.study, work.queue.home / "snapshots", progress=lambda done: work.look())
    work.change(snapshot=digest, curated=at)


def _train(work: RunWork) -> None:
    """Training in a process of its own, from the weights that are current now; an interrupted one continues."""
    files = work.files
    if not files.claimed.is_file():
        work.look()
        current = work.current()
        files.start.unlink(missing_ok=True)
        work.registry.export(current, files.start)
        work.change(start=current.hash)
    work.change(state="training")
    files.control.unlink(missing_ok=True)
    process = TrainingProcess(_arguments(work), files.training, work.run.pid)
    process.start(None, files.log)
    work.change(pid=process.pid)
    handed_on = [""]

    def hand_on() -> None:
        asked = work.asked()
        if asked == "cancel" and not files.checkpoint.is_file():
            process.end()  # nothing is worth keeping yet
        elif asked != handed_on[-1] and files.training.is_dir():
            files.control.write_text(_WORDS.get(asked, ""), "utf-8")
            handed_on.append(asked)

    work.follow(process, hand_on)
    work.change(pid=0)
    if files.finished.is_file():
        return
    if work.asked() == "cancel" and not files.checkpoint.is_file():
        raise CancelledError
    if last_event(files.events).get("event") == "pause":
        work.change(state="paused", wish="")
        raise PutOffError
    raise RetinaError(work.why(process))


def _arguments(work: RunWork) -> list[str]:
    run, files = work.run, work.files
    size = work.registry.version(run.stem, run.start).facts.size
    bound = [] if run.seconds is None else ["--seconds", f"{run.seconds:g}"]
    changes = [part for change in model_needs(run.stem).changes for part in ("--set", change)]
    return [
        *("run", str(work.snapshot()), "--model", run.stem, "--size", size, "--device", run.device),
        *("--out", str(files.training), "--start", str(files.start), "--recipe-of-start"),
        *("--examples", str(EXAMPLES), *bound, *changes),
    ]
