"""One model on many images, on every core of this computer."""

import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

import torch

from retina_studio.domain.errors import RetinaError
from retina_studio.domain.labels import Modality
from retina_studio.domain.proposal import Proposal
from retina_studio.images.read import read_image
from retina_studio.inference.devices import choose_device
from retina_studio.inference.predictor import Predictor

T = TypeVar("T")
_OWN = threading.local()


class Promise(Protocol):
    """A proposal that is being made, here or on another computer."""

    def result(self) -> Proposal:
        """Wait for it."""

    def cancel(self) -> Any:
        """Do without it."""


Submit = Callable[[Callable[[], Path], Modality], Promise]


def offer(weights: str, device: str, file: str, modality: Modality) -> Proposal:
    """What a model proposes for an image file: all that a worker does, wherever it runs.

    On a CPU every thread has a network of its own, that runs in this thread alone: so the cores share images, not the
    rows of one image, and none waits for another. On a GPU all threads share one network, and decode images beside it.

    Raises:
        RetinaError: the weights or the image cannot be used.
    """
    return _predictor(Path(weights), device).propose(read_image(Path(file)), modality)


def _predictor(weights: Path, device: str) -> Predictor:
    if choose_device(device).type != "cpu":
        return _shared(weights, device)
    key = (weights, device)
    if getattr(_OWN, "key", None) != key:
        torch.set_num_threads(1)  # counts for this thread
        _OWN.key, _OWN.predictor = key, Predictor(weights, device, compiles=True)
    own: Predictor = _OWN.predictor
    return own


@lru_cache(maxsize=1)
def _shared(weights: Path, device: str) -> Predictor:
    return Predictor(weights, device, compiles=True)


@contextmanager
def on_this_computer(weights: Path, device: str) -> Iterator[tuple[Submit, int]]:
    """What hands images to the cores of this computer, and how many are looked at together."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with ThreadPoolExecutor(cores, "propose") as pool:

        def submit(find_file: Callable[[], Path], modality: Modality) -> Promise:
            return pool.submit(lambda: offer(str(weights), device, str(find_file()), modality))

        yield submit, cores


def in_order(
    items: Iterable[T], submit: Callable[[T], Promise], ahead: int
) -> Generator[tuple[T, Proposal | RetinaError], None, None]:
    """Each item with its proposal, or why there is none; `ahead` are under way at a time. Closing lets the rest be."""
    waiting: deque[tuple[T, Promise]] = deque()
    try:
        for item in items:
            waiting.append((item, submit(item)))
            if len(waiting) >= ahead:
                yield _ended(*waiting.popleft())
        while waiting:
            yield _ended(*waiting.popleft())
    finally:
        for _, promise in waiting:
            promise.cancel()


def _ended(item: T, promise: Promise) -> tuple[T, Proposal | RetinaError]:
    try:
        return item, promise.result()
    except RetinaError as error:
        return item, error
