"""The paper's two competitors on the same network: GradNorm and PCGrad (table 1; models.md 3.4)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from retina_studio.domain.errors import RetinaError
from training.compare.wanted import package
from training.data.batch import Batch
from training.tasks.glaucoma_stages import GlaucomaStage

_LEAST = 1e-3  # of a task's weight: a negative one would unlearn the task


class _BalancingStage(GlaucomaStage):
    """What both share: they look at the gradients of each task, in one process."""

    def __init__(self, task: Any, recipe: Any, tasks: Any) -> None:
        super().__init__(task, recipe, tasks)
        if self.task.fabric.world_size > 1:
            raise RetinaError(
                f"The strategy {self.task.recipe.strategy!r} trains on one device: use --devices 1."
            )
        (self.shared,) = self.task.network.parts


class GradNormStage(_BalancingStage):
    """Chen et al., "GradNorm" (ICML 2018): the sum's weights follow the tasks' gradients on the last shared layer.

    Tasks that have come less far get more weight, by the power alpha. The weights add up to the number of tasks after
    every step; the losses of the first batch that knows a task are what its progress is measured from.
    """

    def make_optimisers(self) -> list[torch.optim.Optimizer]:
        """One of the network, one of the weights, whose state also carries them from one process to the next."""
        rate = self.task.recipe.gradnorm_rate
        self.loss_weights = nn.Parameter(torch.ones(len(self.tasks)))
        self.first = torch.full((len(self.tasks),), torch.nan)
        group = {"params": [self.loss_weights], "lr": rate, "initial_lr": rate}
        return [*super().make_optimisers(), torch.optim.Adam([group], lr=rate)]

    def step(self, batch: Batch, drops: int) -> tuple[int, dict[str, float]]:
        """One step of the network with the weighted sum, one of the weights."""
        del drops
        shares = self.shares(batch)
        if not shares:
            return len(batch), {}
        self._recall()
        stepper = self.steppers[0]
        weights = dict(zip(self.tasks, self.loss_weights.tolist(), strict=True))
        values = self.in_parts(batch, lambda part: self._weighted(part, len(batch), shares, weights), stepper)
        stepper.step()
        self._rebalance({task: values[task] for task in shares})
        return len(batch), values

    def _gradients(self, batch: Batch, losses: Callable[[Batch], Mapping[str, Tensor]]) -> dict[str, float]:
        self._pulls: dict[str, Tensor] = {}  # gradient of each task's loss on the last shared layer, so far
        return super()._gradients(batch, losses)

    def _weighted(
        self, part: Batch, images: int, shares: Mapping[str, float], weights: Mapping[str, float]
    ) -> dict[str, Tensor]:
        found = self.summed(part, shares, weights)
        layer = [m for m in self.shared.encoder.modules() if isinstance(m, nn.Conv2d)][-1].weight
        for task in shares:
            (pull,) = torch.autograd.grad(found[task] * (len(part) / images), layer, retain_graph=True)
            self._pulls[task] = self._pulls.get(task, 0.0) + pull.float()
        return found

    @torch.no_grad()
    def _rebalance(self, values: Mapping[str, float]) -> None:
        """Algorithm 1, lines 7 to 12, for the tasks that this batch knew.

        The gradient of sum |w_i g_i - target_i|, the targets held constant, needs no second backward pass.
        """
        here = torch.tensor([self.tasks.index(task) for task in values])
        losses = torch.tensor(list(values.values()))
        self.first[here] = torch.where(self.first[here].isnan(), losses, self.first[here])
        norms = torch.stack([self._pulls[task].norm().cpu() for task in values])
        weighted = self.loss_weights[here] * norms
        behind = losses / self.first[here].clamp_min(torch.finfo(torch.float32).tiny)
        target = weighted.mean() * (behind / behind.mean()) ** self.task.recipe.gradnorm_alpha
        self.loss_weights.grad = torch.zeros_like(self.loss_weights)
        self.loss_weights.grad[here] = (weighted - target).sign() * norms
        self.optimisers[1].step()
        self.loss_weights.clamp_(min=_LEAST)
        self.loss_weights.mul_(len(self.tasks) / self.loss_weights.sum())
        self._memory().update(value=self.loss_weights.detach().clone(), first=self.first.clone())

    def _memory(self) -> dict[str, Tensor]:
        memory: dict[str, Tensor] = self.optimisers[1].state[self.loss_weights]
        return memory

    @torch.no_grad()
    def _recall(self) -> None:
        """Weights and first losses as the optimiser's state has them: it may come from a checkpoint."""
        if "value" in (memory := self._memory()):
            self.loss_weights.copy_(memory["value"])
            self.first.copy_(memory["first"])


class PCGradStage(_BalancingStage):
    """Yu et al., "Gradient surgery" (2020): a task's gradient loses what points against another's, then they add up.

    On encoder and decoder together, which tasks share; each head has one task's gradient anyway.
    """

    def __init__(self, task: Any, recipe: Any, tasks: Any) -> None:
        super().__init__(task, recipe, tasks)
        if self.task.recipe.precision == "16-mixed":
            raise RetinaError(
                "The strategy 'pcgrad' does not train in precision 16-mixed: use bf16-mixed or 32-true."
            )
        self.surgery = package("torchjd.aggregation").PCGrad()

    def step(self, batch: Batch, drops: int) -> tuple[int, dict[str, float]]:
        """One step with the gradients after surgery."""
        del drops
        (stepper,) = self.steppers
        shares = self.shares(batch)
        if not shares:
            return len(batch), {}
        values = self.in_parts(batch, lambda part: self.losses_of(part, tuple(shares), shares), stepper)
        stepper.step()
        return len(batch), {"loss": sum(values.values()), **values}

    def _gradients(self, batch: Batch, losses: Callable[[Batch], Mapping[str, Tensor]]) -> dict[str, float]:
        """Each task's gradient of the whole batch, part by part, then the surgery."""
        parameters = [p for p in self.shared.parameters() if p.requires_grad]
        values: dict[str, float] = {}
        rows: dict[str, list[Tensor | None]] = {}
        for part in batch.parts(min(self.parts, len(batch))):
            share = len(part) / len(batch)
            for task, value in losses(part).items():
                pulls = torch.autograd.grad(value * share, parameters, retain_graph=True, allow_unused=True)
                before = rows.get(task, [None] * len(parameters))
                rows[task] = [_added([a, b]) for a, b in zip(before, pulls, strict=True)]
                values[task] = values.get(task, 0.0) + float(value.detach()) * share
        self._operate(parameters, list(zip(*rows.values(), strict=True)))
        return values

    def _operate(self, parameters: list[nn.Parameter], pulls: list[tuple[Tensor | None, ...]]) -> None:
        """Give every parameter its gradient: of the tasks' pulls what the surgery leaves, or plainly their sum."""
        common = {id(p) for part in (self.shared.encoder, self.shared.decoder) for p in part.parameters()}
        reached = [
            (p, row) for p, row in zip(parameters, pulls, strict=True) if any(g is not None for g in row)
        ]
        for parameter, row in reached:
            parameter.grad = _added(row)
        shared = [(p, row) for p, row in reached if id(p) in common]
        matrix = torch.stack(
            [
                torch.cat([torch.zeros_like(p).flatten() if g is None else g.flatten() for p, g in column])
                for column in zip(*([(p, g) for g in row] for p, row in shared), strict=True)
            ]
        )
        operated = self.surgery(matrix).split([p.numel() for p, _ in shared])
        for (parameter, _), gradient in zip(shared, operated, strict=True):
            parameter.grad = torch.empty_like(parameter).copy_(gradient.view(parameter.shape))


def _added(gradients: Iterable[Tensor | None]) -> Tensor | None:
    there = [gradient for gradient in gradients if gradient is not None]
    return torch.stack(there).sum(dim=0) if there else None
