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


def other_state(kind):
    """Of a second optimiser, as MTL-IO has them."""
    return _trained(kind, steps=1)[1].state_dict()


@pytest.mark.parametrize("kind", [torch.optim.RMSprop, torch.optim.Adam, torch.optim.SGD])
def test_an_optimiser_goes_on_bit_for_bit(tmp_path, kind):
    layer, optimiser = _trained(kind)
    progress = Progress(stage=1, epoch=3, best=0.5, figures={"dice": 0.5}, cut=["localiser"])
    path = tmp_path / "checkpoint.safetensors"
    save_checkpoint(
        path, Checkpoint(progress, layer.state_dict(), {}, [optimiser.state_dict(), other_state(kind)])
    )
    _step(layer, optimiser)

    saved = load_checkpoint(path)
    assert saved.progress == progress
    assert len(saved.optimisers) == 2
    other, resumed = _trained(kind, steps=0)
    other.load_state_dict(saved.network)
    restore_optimiser(resumed, saved.optimisers[0])
    _step(other, resumed)
    assert torch.equal(layer.weight, other.weight)
    assert torch.equal(layer.bias, other.bias)


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\x10\0\0\0\0\0\0\0{}"])
def test_a_damaged_checkpoint_is_one_sentence(tmp_path, data):
    path = tmp_path / "checkpoint.safetensors"
    path.write_bytes(data)
    with pytest.raises(RetinaError, match="cannot continue"):
        load_checkpoint(path)


def test_a_plateau_divides_the_rate_and_counts_anew():
    progress = Progress()
    for figure in (0.5, 0.4, 0.3):
        progress.took({}, figure, lower_is_better=False)
    assert not progress.dropped(None)
    assert not progress.dropped(3)
    assert progress.dropped(2)
    assert (progress.drops, progress.since_drop, progress.since_best) == (1, 0, 2)
    progress.took({}, 0.2, lower_is_better=False)
    assert not progress.dropped(2)
