"""Lesion maps of a frozen Lesion-Net, made once for each image and kept for the grader's many epochs."""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from retina_studio.networks.preprocessing import as_input

FILE = "lesion-maps.safetensors"
_NETWORK = "lesionnet"


class KeptMaps:
    """The maps (8, h, w) of each image, by split and position: made when first asked for.

    Args:
        task: its network's Lesion-Net is frozen; its folder, where it has one, keeps the maps for a resumed run.
    """

    def __init__(self, task: Any) -> None:
        self._task = task
        self._network = _digest(task.network.lesionnet.state_dict())
        self._file: Path | None = task.folder / FILE if task.folder else None
        self._maps = _read(self._file, self._network) if self._file else {}
        self._saved = len(self._maps)

    def attach(self, split: str) -> Callable[[int], dict[str, Tensor]]:
        """What goes with an image of a split, from its position; threads may ask."""
        return lambda position: {"lesions": self._map(split, position).float()}

    def save(self) -> None:
        """Write what is new into the run's folder: beside, then in place."""
        if self._file is None or self._task.fabric.global_rank or len(self._maps) == self._saved:
            return
        beside = self._file.with_suffix(".part")
        save_file(self._maps, beside, metadata={_NETWORK: self._network})
        beside.replace(self._file)
        self._saved = len(self._maps)

    def forget(self) -> None:
        """The stage is over: take the file away."""
        self._maps.clear()
        if self._file and not self._task.fabric.global_rank:
            self._file.unlink(missing_ok=True)

    def _map(self, split: str, position: int) -> Tensor:
        key = f"{split}/{position}"
        if key not in self._maps:
            self._maps[key] = self._made(split, position)
        return self._maps[key]

    @torch.no_grad()
    def _made(self, split: str, position: int) -> Tensor:
        task, data = self._task, self._task.data[split]
        image = as_input(data.stored(position).pixels, data.spec).to(task.fabric.device)
        with task.fabric.autocast():
            kept: Tensor = task.network.kept(image.contiguous(memory_format=torch.channels_last))
        # Half precision is a thousandth of a probability; a thousand images take 50 MB.
        return kept[0].to("cpu", torch.float16).contiguous()


def _read(file: Path, network: str) -> dict[str, Tensor]:
    """What the file has, if it is of this very network."""
    try:
        with safe_open(file, framework="pt") as opened:
            if (opened.metadata() or {}).get(_NETWORK) == network:
                return {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118 - not a mapping
    except (OSError, SafetensorError):
        pass
    return {}


def _digest(state: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(state.items()):
        digest.update(name.encode() + tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()
