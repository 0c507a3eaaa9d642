"""The order of training: which examples make which batch, from the seed alone."""

import hashlib
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Turn:
    """One example's turn: its position in the data, and its place in the whole order, which its changes follow from."""

    position: int
    place: int


@dataclass(frozen=True)
class Order:
    """Passes over some positions, cut into batches.

    Attributes:
        positions: of the examples.
        size: of a batch, of all processes together.
        seed: of the order.
        shuffled: whether each pass has an order of its own.
        weights: one for each position: drawn with replacement in proportion to them; None: each once.
        drop_last: leave out a last batch that is not full, unless it is the only one.
        least: a last batch of fewer joins the one before: each process must have something to do.
    """

    positions: Sequence[int]
    size: int
    seed: int
    shuffled: bool
    weights: Sequence[float] | None = None
    drop_last: bool = False
    least: int = 1

    def one_pass(self, number: int = 0) -> list[list[Turn]]:
        """The batches of one pass."""
        first = number * len(self.positions)
        turns = [Turn(self.positions[n], first + k) for k, n in enumerate(self._order(number))]
        cut = [turns[start : start + self.size] for start in range(0, len(turns), self.size)]
        if len(cut) > 1 and len(cut[-1]) < self.size:
            if self.drop_last:
                cut.pop()
            elif len(cut[-1]) < self.least:
                rest = cut.pop()
                cut[-1] += rest
        return cut

    def endless(self) -> Iterator[list[Turn]]:
        """One pass after the other."""
        number = 0
        while True:
            yield from self.one_pass(number)
            number += 1

    def _order(self, number: int) -> list[int]:
        generator = torch.Generator().manual_seed(mixed(self.seed, -1 - number))
        if self.weights is not None:
            shares = torch.tensor(self.weights, dtype=torch.float64)
            drawn: list[int] = torch.multinomial(
                shares, len(self.positions), replacement=True, generator=generator
            ).tolist()
            return drawn
        if self.shuffled:
            shuffled: list[int] = torch.randperm(len(self.positions), generator=generator).tolist()
            return shuffled
        return list(range(len(self.positions)))


def part_of(turns: Sequence[Turn], rank: int, world: int) -> Sequence[Turn]:
    """One process's part of a batch: consecutive, as equal as can be."""
    return turns[len(turns) * rank // world : len(turns) * (rank + 1) // world]


def mixed(*numbers: int) -> int:
    """A seed of its own for each tuple of numbers."""
    digest = hashlib.blake2b(struct.pack(f"<{len(numbers)}q", *numbers), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1
