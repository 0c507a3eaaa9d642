"""A model's training: its network, its data and its stages. The task owns them; the loop knows none of them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from retina_studio.networks.frozen import Freezes
from training.data.examples import SplitData
from training.data.needs import Needs
from training.recipe import BaseRecipe

if TYPE_CHECKING:
    from training.stage import TrainingStage


class StemTask(ABC):
    """What the models' tasks share.

    Args:
        fabric: device, precision and processes.
        network: as it starts.
        data: the splits "train" and "val".
        recipe: the numbers.
        folder: of the run, where a stage may keep what it computed once; None for memory only.

    Raises:
        RetinaError: a split has too little to train or to choose by.
    """

    recipe_class: ClassVar[type[BaseRecipe]]

    def __init__(
        self,
        fabric: Fabric,
        network: Freezes,
        data: Mapping[str, SplitData],
        recipe: BaseRecipe,
        folder: Path | None = None,
    ) -> None:
        self.fabric = fabric
        if fabric.world_size > 1 and fabric.device.type == "cuda":
            network = nn.SyncBatchNorm.convert_sync_batchnorm(network)  # type: ignore[no-untyped-call]  # torch's
        self.network: Any = network.to(memory_format=torch.channels_last)
        self.data = data
        self.folder = folder
        self.notices: list[str] = []  # for the loop to tell
        self.wrap()

    @classmethod
    @abstractmethod
    def needs(cls, recipe: Any) -> Needs:
        """What the images must answer."""

    @property
    @abstractmethod
    def stages(self) -> "tuple[TrainingStage, ...]":
        """In order."""

    def wrap(self) -> None:
        """Make `module`, through which a loss calls the network: fabric moves it to the device and, with several
        processes, adds up its gradients. Again for each stage, because a stage freezes parts.
        """
        self.module: Any = self.fabric.setup_module(self.network)
        for method in self.network.forward_methods:
            self.module.mark_forward_method(method)

    def state(self) -> dict[str, Tensor]:
        """A copy of everything that has been learnt."""
        return {name: tensor.detach().clone() for name, tensor in self.network.state_dict().items()}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Put a copy back."""
        self.network.load_state_dict(state)

    def train(self, mode: bool) -> None:
        """Switch between training and evaluation; what is frozen stays in evaluation."""
        self.module.train(mode)
        self.network.train(mode)
