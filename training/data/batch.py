"""Batches of examples: shuffled, changed and put together by threads, ahead of who asks for them."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from itertools import islice, pairwise
from operator import itemgetter

import numpy as np
import torch
from torch import Tensor

from retina_studio.domain.errors import RetinaError
from training.augment import Augmentation
from training.data.assembly import Assembly, OnCpu, OnDevice, Plan
from training.data.examples import SplitData
from training.data.order import Order, Turn, part_of

THREADS = 2
AHEAD = 2  # batches in the making while one is used


@dataclass(frozen=True, eq=False)
class Batch:
    """N examples on one device.

    Attributes:
        image: float32 (N, C, H, W), normalised as the preprocessing says, channels last in memory.
        masks: float32 (N, L, H, W) of 0 and 1; -1 is to be ignored. Zeros where unknown.
        known: bool (N, L), whether a mask is an answer.
        points: float32 (N, P, 2), x and y in input pixels (edge coordinates); nan where unknown.
        grades: float32 (N, G); nan where unknown.
        index: int64 (N,), positions in the `SplitData`.
        extra: further maps (N, C, h, w) by name, moved with the image.
    """

    image: Tensor
    masks: Tensor
    known: Tensor
    points: Tensor
    grades: Tensor
    index: Tensor
    extra: dict[str, Tensor] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.index)

    def to(self, device: torch.device | str) -> "Batch":
        """The same on another device."""
        return self._each(lambda tensor: tensor.to(device, non_blocking=True))

    def parts(self, number: int) -> list["Batch"]:
        """At most so many smaller batches, as equal as can be."""
        bounds = np.linspace(0, len(self), min(number, len(self)) + 1).round().astype(int).tolist()
        slices = [slice(first, last) for first, last in pairwise(bounds)]
        return [self._each(itemgetter(part)) for part in slices]

    def _each(self, change: Callable[[Tensor], Tensor]) -> "Batch":
        parts = {f.name: change(getattr(self, f.name)) for f in fields(self) if f.name != "extra"}
        return Batch(**parts, extra={name: change(values) for name, values in self.extra.items()})


def batches(
    data: SplitData,
    positions: Sequence[int],
    size: int,
    *,
    seed: int,
    augment: Augmentation | None,
    steps: int | None = None,
    weights: Sequence[float] | None = None,
    drop_last: bool = False,
    rank: int = 0,
    world: int = 1,
    device: torch.device | str = "cpu",
    attach: Callable[[int], Mapping[str, Tensor]] | None = None,
    threads: int = THREADS,
) -> Iterator[Batch]:
    """Batches of these examples, in their order, or shuffled and changed where an augmentation is given.

    What comes depends on the arguments alone, never on `threads` or on timing. Of several processes each takes its part
    of the same batch: together they have the examples that one process with `size * world` has, changed alike.

    Args:
        data: of the split.
        positions: in it.
        size: images in a batch of each process.
        seed: of order and changes; another for each epoch.
        augment: the random changes, None for none.
        steps: how many batches, beginning anew (in another order) when all images were seen; None: all images once.
        weights: one for each of `positions`: drawn with replacement in proportion to them.
        drop_last: leave out a last batch that is not full, unless it is the only one.
        rank, world: which of how many processes.
        device: where the batches shall lie; on an accelerator the changes are made there.
        attach: further maps (C, h, w) float32 of a position, by name, of any resolution.
        threads: that work ahead.

    Raises:
        RetinaError: fewer images than processes, or the snapshot or the cache cannot be read.
    """
    if 0 < len(positions) < world:
        raise RetinaError(f"There are {len(positions)} images for {world} processes: use fewer --devices.")
    if not positions:
        return iter(())
    order = Order(positions, size * world, seed, augment is not None, weights, drop_last, least=world)
    wanted = order.one_pass() if steps is None else islice(order.endless(), steps)
    plan = Plan(data, augment, seed, torch.device(device), attach)
    return _ahead(plan, (part_of(turns, rank, world) for turns in wanted), threads)


def _ahead(plan: Plan, wanted: Iterator[Sequence[Turn]], threads: int) -> Iterator[Batch]:
    """The batches in their order, some of them in the making while one is used."""
    kind = OnCpu if plan.device.type == "cpu" else OnDevice
    making: deque[tuple[Assembly, list[Future[None]]]] = deque()
    pool = ThreadPoolExecutor(max_workers=threads)
    try:
        for turns in wanted:
            assembly = kind(plan, turns)
            making.append((assembly, [pool.submit(assembly.put, n) for n in range(len(turns))]))
            if len(making) > AHEAD:
                yield _finished(*making.popleft())
        while making:
            yield _finished(*making.popleft())
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _finished(assembly: Assembly, puts: Sequence[Future[None]]) -> Batch:
    for put in puts:
        put.result()
    rest = assembly.parts()
    return Batch(
        assembly.image(), assembly.masks(), rest.known, rest.points, rest.grades, rest.index, rest.extra
    )
