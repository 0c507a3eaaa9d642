import pytest
import torch

from retina_studio.domain.errors import RetinaError
from training.checkpoint import (
    Checkpoint,
    Progress,
    load_checkpoint,
    restore_optimiser,
    save_checkpoint,
)


def _trained(kind, steps=3):
    torch.manual_seed(0)
    layer = torch.nn.Conv2d(2, 3, 3).to(memory_format=torch.channels_last)
    optimiser = kind(layer.parameters(), lr=0.01)
    for _ in range(steps):
        _step(layer, optimiser)
    return layer, optimiser


def _step(layer, optimiser):
    optimiser.zero_grad()
    image = torch.linspace(0, 1, 50).view(1, 2, 5, 5).contiguous(memory_format=torch.channels_last)
    layer(image).square().sum().backward()
    optimiser.step()


@pytest.mark.parametrize("kind", [torch.optim.RMSprop, torch.optim.Adam])
def test_an_optimiser_goes_on_bit_for_bit(tmp_path, kind):
    layer, optimiser = _trained(kind)
    progress = Progress(stage=1, epoch=3, best=0.5, figures={"dice": 0.5}, cut=["localiser"])
    path = tmp_path / "checkpoint.safetensors"
    save_checkpoint(path, Checkpoint(progress, layer.state_dict(), {}, optimiser.state_dict()))
    _step(layer, optimiser)

    saved = load_checkpoint(path)
    assert saved.progress == progress
    other, resumed = _trained(kind, steps=0)
    other.load_state_dict(saved.network)
    restore_optimiser(resumed, saved.optimiser)
    _step(other, resumed)
    assert torch.equal(layer.weight, other.weight)
    assert torch.equal(layer.bias, other.bias)


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\x10\0\0\0\0\0\0\0{}"])
def test_a_damaged_checkpoint_is_one_sentence(tmp_path, data):
    path = tmp_path / "checkpoint.safetensors"
    path.write_bytes(data)
    with pytest.raises(RetinaError, match="cannot continue"):
        load_checkpoint(path)
