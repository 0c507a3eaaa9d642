"""Vote on cases, many at once: in worker processes that know nothing of the database, and give plain text back."""

import json
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

import cv2

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.image_agreement import image_agreement
from retina_studio.domain.voting.outcome import Outcome
from retina_studio.domain.voting.rules import VoteRules
from retina_studio.domain.voting.vote import vote
from retina_studio.study.cases import Case, parts

_TASK = 16  # cases that a worker takes at a time
_AHEAD = 3  # tasks that wait for each worker: what is read ahead must not fill the memory


@dataclass(frozen=True, slots=True)
class Tally:
    """What the vote on one image gave; `outcome` and `agreement` are JSON. `problem` says why there is none."""

    image: int
    basis: str
    state: str = ""
    outcome: str = ""
    agreement: str = ""
    problem: str = ""


def tally(case: Case, rules: VoteRules) -> Tally:
    """Vote on one image; gradings that cannot be read are a problem of that image only."""
    try:
        outcome, agreement = settle(case, rules)
    except RetinaError as error:
        return Tally(case.image, case.basis, problem=str(error))
    return tally_of(case, outcome, agreement)


def settle(case: Case, rules: VoteRules) -> tuple[Outcome, str]:
    """The outcome for one image, and as JSON how far its graders agree with it and with each other.

    Raises:
        RetinaError: a grading is damaged in the database.
    """
    gradings, size = case.load_gradings(), (case.height, case.width)
    outcome = vote(gradings, case.modality, size, rules, case.load_decisions())
    return outcome, json.dumps(image_agreement(gradings, outcome, size).to_dict(), sort_keys=True)


def tally_of(case: Case, outcome: Outcome, agreement: str) -> Tally:
    """What is to be stored of an outcome."""
    form = json.dumps(outcome.to_dict(), sort_keys=True)
    return Tally(case.image, case.basis, outcome.state, form, agreement)


def tally_all(cases: Iterable[Case], rules: VoteRules, workers: int) -> Generator[Tally, None, None]:
    """Vote on cases one after the other, or with several worker processes; the order stays.

    Close the iterator to stop early.

    Raises:
        RetinaError: a worker process died.
    """
    if workers < 2:
        yield from (tally(case, rules) for case in cases)
        return
    # Never a fork: the window's threads and the database's connections must not come along.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, _prepare)
    try:
        waiting: deque[Future[list[Tally]]] = deque()
        for part in parts(cases, _TASK):
            waiting.append(pool.submit(_tally_part, part, rules))
            if len(waiting) >= workers * _AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    except BrokenProcessPool as error:
        raise RetinaError(
            "A worker process of the vote ended (was the memory full?): vote again, it goes on from here."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def cores() -> int:
    """How many processes can calculate at the same time here."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _tally_part(cases: Sequence[Case], rules: VoteRules) -> list[Tally]:
    return [tally(case, rules) for case in cases]


def _prepare() -> None:
    """Make a worker use one core, leave Ctrl+C to the program that started it, and end when that does."""
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
