"""Putting one batch together: each example by a thread of its own, into its place in the batch."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from retina_studio.networks.preprocessing import Preprocessing, normalise
from training.augment import Augmentation, Change
from training.data.example import (
    INSIDE,
    NONCOMPLIANT,
    Floats,
    Stored,
    bits_of,
    mapped,
    plane_of,
    planes_for,
    unpacked,
)
from training.data.examples import SplitData
from training.data.moving import moved_batch, moved_map, moved_pixels, moved_planes, toned, toned_batch
from training.data.order import Turn, mixed

Attach = Callable[[int], Mapping[str, Tensor]]


@dataclass(frozen=True)
class Plan:
    """How the batches of one pass are made.

    Attributes:
        data: of the split.
        augment: the random changes, None for none.
        seed: of the changes.
        device: where the batches shall lie.
        attach: further maps of a position.
    """

    data: SplitData
    augment: Augmentation | None
    seed: int
    device: torch.device
    attach: Attach | None

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of what comes out."""
        spec = self.data.spec
        window = self.augment.window if self.augment else None
        return (min(window or spec.height, spec.height), min(window or spec.width, spec.width))

    def change(self, turn: Turn, stored: Stored) -> Change | None:
        """The change of one example: it follows from the seed and the example's place in the order."""
        if self.augment is None:
            return None
        generator = torch.Generator().manual_seed(mixed(self.seed, turn.place))
        size = (self.data.spec.height, self.data.spec.width)
        return self.augment.draw(generator, size, stored.points, lambda a, b: pick(stored, a, b))


def pick(stored: Stored, which: float, where: float) -> tuple[float, float] | None:
    """A pixel of a mask, from two numbers 0..1: each label that is there has the same chance; None where none is."""
    masks = [stored.mask(n) == INSIDE for n in np.flatnonzero(stored.known).tolist()]
    drawn = [mask for mask in masks if mask.any()]
    if not drawn:
        return None
    places = np.flatnonzero(drawn[int(which * len(drawn))])
    row, column = divmod(int(places[int(where * len(places))]), stored.pixels.shape[1])
    return column + 0.5, row + 0.5


@dataclass
class Parts:
    """What a batch is made of, but for image and masks.

    Attributes:
        known, points, grades, index: as in `Batch`.
        extra: maps (N, C, h, w) by name.
    """

    known: Tensor
    points: Tensor
    grades: Tensor
    index: Tensor
    extra: dict[str, Tensor] = field(default_factory=dict)


class Assembly(ABC):
    """One batch in the making. `put`, once for each example, may run in several threads; then the rest may be asked."""

    def __init__(self, plan: Plan, turns: Sequence[Turn]) -> None:
        self.plan, self.turns = plan, turns
        self.spec: Preprocessing = plan.data.spec
        self.needs = plan.data.needs
        count, needs = len(turns), plan.data.needs
        self.known = np.zeros((count, len(needs.labels)), dtype=bool)
        self.points = np.zeros((count, len(needs.points), 2), dtype=np.float32)
        self.grades = np.zeros((count, len(needs.grades)), dtype=np.float32)
        self.maps: list[dict[str, Floats]] = [{} for _ in turns]

    def put(self, number: int) -> None:
        """Make the example of this place."""
        turn = self.turns[number]
        stored = self.plan.data.stored(turn.position)
        change = self.plan.change(turn, stored)
        self.known[number] = stored.known
        self.grades[number] = stored.grades
        self.points[number] = change.points(stored.points) if change else stored.points
        self.fill(number, stored, change)
        if self.plan.attach:
            size = (self.spec.height, self.spec.width)
            for name, tensor in self.plan.attach(turn.position).items():
                values = np.ascontiguousarray(tensor.detach().cpu().numpy(), dtype=np.float32)
                self.maps[number][name] = moved_map(change, values, size) if change else values

    def parts(self) -> Parts:
        """All but image and masks."""
        names = self.maps[0].keys()
        extra = {name: np.stack([maps[name] for maps in self.maps]) for name in names}
        return Parts(
            self._there(self.known),
            self._there(self.points),
            self._there(self.grades),
            self._there(np.array([turn.position for turn in self.turns], dtype=np.int64)),
            {name: self._there(values) for name, values in extra.items()},
        )

    def _there(self, values: npt.NDArray[np.generic]) -> Tensor:
        return torch.from_numpy(values).to(self.plan.device)

    @abstractmethod
    def fill(self, number: int, stored: Stored, change: Change | None) -> None:
        """Put image and masks of one example in place."""

    @abstractmethod
    def image(self) -> Tensor:
        """The images (N, C, H, W), normalised, channels last."""

    @abstractmethod
    def masks(self) -> Tensor:
        """The masks (N, L, H, W) of 0, 1 and -1."""


class OnCpu(Assembly):
    """Each thread changes its example and writes the finished numbers into the batch."""

    def __init__(self, plan: Plan, turns: Sequence[Turn]) -> None:
        super().__init__(plan, turns)
        self._image = np.empty((len(turns), *plan.size, self.spec.channels), np.float32)
        self._masks = np.empty((len(turns), len(self.needs.labels), *plan.size), np.float32)
        ignored = -1.0 if self.needs.noncompliant == "ignore" else 0.0
        self._values = np.array([0.0, 1.0, ignored], np.float32)

    def fill(self, number: int, stored: Stored, change: Change | None) -> None:
        """Warp, tables, done."""
        pixels, planes, table = stored.pixels, stored.planes, _RAMP
        if change:
            size = self.plan.size
            pixels = moved_pixels(change, pixels, np.empty((*size, pixels.shape[2]), np.uint8))
            planes = moved_planes(change, planes, np.empty((*size, planes.shape[2]), np.uint8))
            pixels, table = toned(change, pixels)
        mapped(pixels, self._normalised(table), self._image[number])
        for label in range(len(self.needs.labels)):
            unpacked(planes, label, self._values, self._masks[number, label])

    def _normalised(self, table: Floats) -> Floats:
        """A table (256,) of values 0..255 as one (256, 1, C) of the network's numbers."""
        ramp = torch.from_numpy(table).view(1, 1, 256, 1).expand(1, self.spec.channels, 256, 1)
        numbers = normalise(ramp, self.spec)[0].permute(1, 2, 0)
        return np.ascontiguousarray(numbers.numpy())

    def image(self) -> Tensor:
        """As the threads made them."""
        return torch.from_numpy(self._image).permute(0, 3, 1, 2)

    def masks(self) -> Tensor:
        """As the threads made them."""
        return torch.from_numpy(self._masks)


class OnDevice(Assembly):
    """The threads only gather bytes; the accelerator changes and normalises the whole batch at once."""

    def __init__(self, plan: Plan, turns: Sequence[Turn]) -> None:
        super().__init__(plan, turns)
        sides = (len(turns), self.spec.height, self.spec.width)
        pinned = plan.device.type == "cuda"
        self._pixels = torch.empty((*sides, self.spec.channels), dtype=torch.uint8, pin_memory=pinned)
        planes = planes_for(len(self.needs.labels))
        self._planes = torch.empty((*sides, planes), dtype=torch.uint8, pin_memory=pinned)
        self._changes: list[Change | None] = [None] * len(turns)

    def fill(self, number: int, stored: Stored, change: Change | None) -> None:
        """Gather."""
        self._pixels[number].numpy()[...] = stored.pixels
        self._planes[number].numpy()[...] = stored.planes
        self._changes[number] = change

    def image(self) -> Tensor:
        """Changed and normalised where they shall lie."""
        image = self._moved(self._pixels, "bilinear")
        if changes := self._all_changes():
            image = toned_batch(changes, image)
        return normalise(image, self.spec).contiguous(memory_format=torch.channels_last)

    def masks(self) -> Tensor:
        """Moved as planes, then unpacked."""
        planes = self._moved(self._planes, "nearest").to(torch.uint8)
        masks = [(planes[:, plane_of(n)] >> bits_of(n)) & 3 for n in range(len(self.needs.labels))]
        if not masks:
            return planes.new_zeros((len(self.turns), 0, *self.plan.size), dtype=torch.float32)
        codes = torch.stack(masks, dim=1)
        inside = (codes == INSIDE).float()
        return inside - (codes == NONCOMPLIANT).float() if self.needs.noncompliant == "ignore" else inside

    def _moved(self, values: Tensor, mode: str) -> Tensor:
        there = values.to(self.plan.device, non_blocking=True).permute(0, 3, 1, 2).float()
        changes = self._all_changes()
        return moved_batch(changes, there, mode) if changes else there

    def _all_changes(self) -> list[Change]:
        return [change for change in self._changes if change]


_RAMP = np.arange(256, dtype=np.float32)
