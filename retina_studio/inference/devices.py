"""What a network runs on, and how finely it calculates there."""

import torch

from retina_studio.domain.errors import RetinaError

DEVICES = ("auto", "cpu", "cuda", "mps")


def choose_device(name: str) -> torch.device:
    """The torch device of "cpu", "cuda", "mps" (Apple), or "auto": a CUDA GPU, else Apple's, else the CPU.

    Raises:
        RetinaError: there is no such device here.
    """
    if name not in DEVICES:
        raise RetinaError(f"There is no device {name!r}; use auto, cpu, cuda or mps.")
    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(device for device, there in here.items() if there))
    if not here[name]:
        gpu = "CUDA" if name == "cuda" else "Apple"
        raise RetinaError(f"There is no {gpu} GPU here; use the device cpu or auto.")
    return torch.device(name)


def half_of(device: torch.device) -> torch.dtype | None:
    """The half precision that is quicker on a device; None where full precision is used.

    float16 keeps three more bits than bfloat16, which a position needs. It may overflow: a caller must look.
    """
    return torch.float16 if device.type == "cuda" else None


def give_back(device: torch.device) -> None:
    """Let other programs have the memory that a GPU's tensors left behind."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
