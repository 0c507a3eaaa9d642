"""Weights files: safetensors, with all that is needed to use them in the header."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from retina_studio.networks.files import write_atomically
from retina_studio.networks.frozen import Freezes
from retina_studio.networks.postprocess import PLAIN, Postprocess
from retina_studio.networks.preprocessing import Preprocessing
from retina_studio.networks.table import model_spec

_KEY = "retina_studio"  # one JSON object in the safetensors metadata, whose values must be strings
_LARGEST = 2**31
_LARGEST_HEADER = 2**20  # characters of our part of it: far beyond use
_HALF_LOSS = 2**-10  # of a tensor's largest number: half precision rounds by half of that at most
_STATISTICS = ("running_mean", "running_var")  # buffers that must be numbers; others may say "none" by nan


class WeightsError(ValueError):
    """A weights file that cannot be read or used, in one sentence."""


@dataclass(frozen=True)
class WeightsHeader:
    """What travels with the weights.

    Attributes:
        stem, size: the row of the model table.
        options: the network's options, when they differ from the row's.
        preprocessing: what `preprocess` needs.
        stages: those that trained it, in order; without "localiser" the localiser head knows nothing.
        metrics: figures on the validation split.
        store_hash: content hash of the snapshot trained on, "" for none.
        recipe: the recipe, as a JSON object.
        software: version that trained it.
        parent: SHA-256 of the weights that training started from, "" for none.
        postprocess: the thresholds and temperatures that were chosen for these weights on the validation split.
    """

    stem: str
    size: str
    options: Mapping[str, Any]
    preprocessing: Preprocessing
    stages: tuple[str, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)
    store_hash: str = ""
    recipe: Mapping[str, Any] = field(default_factory=dict)
    software: str = ""
    parent: str = ""
    postprocess: Postprocess = PLAIN

    def to_json(self) -> str:
        """The header as text, always the same for the same content."""
        parts = {"preprocessing": self.preprocessing.to_dict(), "postprocess": self.postprocess.to_dict()}
        return json.dumps({**self.__dict__, **parts}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The header written by `to_json`, by an older version of it too.

        Raises:
            ValueError, TypeError, KeyError, AttributeError: it is not such a header.
        """
        form = json.loads(text)
        parts = {
            "preprocessing": Preprocessing.from_dict(form["preprocessing"]),
            "postprocess": Postprocess.from_dict(form.get("postprocess", {})),
            "stages": tuple(form["stages"]),
        }
        return cls(**{**form, **parts})


@dataclass(frozen=True, eq=False)
class LoadedWeights:
    """A network ready for use, in evaluation mode, with its header and the SHA-256 (hex) of the file."""

    network: Freezes
    header: WeightsHeader
    hash: str


def save_weights(
    path: Path, tensors: Mapping[str, Tensor], header: WeightsHeader, *, half: bool = False
) -> str:
    """Write a state dict; returns the SHA-256 (hex) of the file. The same content gives the same file.

    `half` writes the parameters that survive it in half precision, for half the size; buffers stay as they are.

    Raises:
        OSError: the disk is full or the folder cannot be written; what was at `path` stays.
        ValueError: `half`, and the header names no network that can be built.
    """
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    if half:
        plain |= {name: plain[name].half() for name in _parameters(header) if _survives(plain[name])}
    data = safetensors.torch.save(plain, {_KEY: header.to_json()})
    write_atomically(path, data)
    return hashlib.sha256(data).hexdigest()


def load_weights(path: Path) -> LoadedWeights:
    """The network of a weights file, on the CPU.

    Raises:
        WeightsError: no such file; truncated; not safetensors; not of this application; or for another network.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise WeightsError(f"{path} is too large to be a weights file of Retina Studio.")
        data = path.read_bytes()
    except OSError as error:
        raise WeightsError(f"The weights {path} cannot be read: {error.strerror}.") from error
    try:
        tensors = safetensors.torch.load(data)
    except SafetensorError as error:
        raise WeightsError(f"{path} is not a whole safetensors file ({error}): get it again.") from error
    header = _header(path, data)
    return LoadedWeights(_network(path, tensors, header), header, hashlib.sha256(data).hexdigest())


def _header(path: Path, data: bytes) -> WeightsHeader:
    length = int.from_bytes(data[:8], "little")  # of the JSON that follows; safetensors has just checked it
    metadata = json.loads(data[8 : 8 + length]).get("__metadata__") or {}
    if _KEY not in metadata:
        raise WeightsError(
            f"{path} was not written by Retina Studio: its header does not say what it is for."
        )
    if len(metadata[_KEY]) > _LARGEST_HEADER:
        raise WeightsError(f"The header of {path} is too large for one of Retina Studio.")
    try:
        return WeightsHeader.from_json(metadata[_KEY])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise WeightsError(f"The header of {path} cannot be understood ({error}).") from error


def _network(path: Path, tensors: dict[str, Tensor], header: WeightsHeader) -> Freezes:
    try:
        network = _without_numbers(header)
    except (ValueError, TypeError) as error:
        raise WeightsError(f"{path} is for a network that cannot be built here: {error}") from error
    expected = {name: (tensor.shape, tensor.dtype) for name, tensor in network.state_dict().items()}
    for name, tensor in tensors.items():
        if tensor.dtype == torch.float16:
            tensors[name] = tensor.float()
    if expected != {name: (tensor.shape, tensor.dtype) for name, tensor in tensors.items()}:
        raise WeightsError(f"{path} does not fit the {header.stem} network ({header.size}) it names.")
    numbers = {name for name, _ in network.named_parameters()}
    numbers |= {name for name in tensors if name.endswith(_STATISTICS)}
    if not all(bool(tensors[name].isfinite().all()) for name in numbers):
        raise WeightsError(f"{path} holds values that are no numbers: train it again, or get it again.")
    network.load_state_dict(tensors, assign=True)
    return network.requires_grad_(False).eval()


def _without_numbers(header: WeightsHeader) -> Freezes:
    """The network that a header names; a foreign header must not make us allocate what its file does not hold."""
    with torch.device("meta"):
        return model_spec(header.stem, header.size).build(header.preprocessing, header.options)


def _parameters(header: WeightsHeader) -> list[str]:
    return [name for name, _ in _without_numbers(header).named_parameters()]


def _survives(tensor: Tensor) -> bool:
    """Whether half precision keeps a tensor: nothing overflows, and not all of it is so small that it is lost."""
    error = (tensor.half().float() - tensor).abs().max()
    return bool(error <= _HALF_LOSS * tensor.abs().max())
