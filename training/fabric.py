"""Device, precision and processes of a run (lightning.fabric)."""

from datetime import timedelta
from typing import Any, TypeVar

import torch
import torch.distributed as dist
import torch.distributed.nn.functional as between
from lightning_fabric import Fabric
from lightning_fabric.strategies.ddp import DDPStrategy
from torch import Tensor

from retina_studio.domain.errors import RetinaError

T = TypeVar("T")


def make_fabric(device: str = "auto", devices: int = 1, precision: str = "32-true") -> Fabric:
    """A fabric on the CPU or on CUDA GPUs; with more than one device, processes that train together (DDP).

    Raises:
        RetinaError: no such device or precision here.
    """
    if device not in ("auto", "cpu", "cuda"):
        raise RetinaError(f"There is no device {device!r}; use auto, cpu or cuda.")
    if device == "cuda" and not torch.cuda.is_available():
        raise RetinaError("There is no CUDA GPU here; use --device cpu or auto.")
    accelerator = "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"
    if accelerator == "cuda" and devices > torch.cuda.device_count():
        raise RetinaError(f"There are {torch.cuda.device_count()} GPUs here, not {devices}; lower --devices.")
    chosen: Any = precision  # checked by fabric
    # Not every loss reaches every parameter: MTL-IO's tasks have their own heads.
    strategy = (
        DDPStrategy(find_unused_parameters=True, timeout=timedelta(minutes=30)) if devices > 1 else "auto"
    )
    try:
        return Fabric(accelerator=accelerator, devices=devices, precision=chosen, strategy=strategy)
    except ValueError as error:
        raise RetinaError(f"The recipe's precision {precision!r} is not one that training knows.") from error


def pooled(values: Tensor) -> Tensor:
    """The sum over all processes of a sum over this process's part of the batch; gradients flow back to each.

    A ratio of sums over the whole batch (Lesion-Net's Dice, models.md 2.4) is then the same in one process or many:
    each holds the whole loss, the way back adds up what all of them say of it, and DDP takes the mean.
    """
    if not (dist.is_available() and dist.is_initialized()) or dist.get_world_size() == 1:
        return values
    summed: Tensor = between.all_reduce(values)  # type: ignore[no-untyped-call]  # torch says nothing of its type
    return summed


def everybodys(fabric: Fabric, value: T) -> list[T]:
    """The value of every process, the same list in each."""
    if fabric.world_size == 1:
        return [value]
    values: list[Any] = [None] * fabric.world_size
    dist.all_gather_object(values, value)
    return values


def is_out_of_memory(error: BaseException) -> bool:
    """Whether torch failed for lack of memory, of the GPU or of the machine."""
    text = str(error)
    return isinstance(error, torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError) and ("out of memory" in text or "can't allocate memory" in text)
    )
