import pytest
import torch
from lightning_fabric import Fabric
from training_store import phantom, write_store

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.table import model_spec
from retina_studio.store.read import Snapshot
from training.data import DiscData
from training.recipe import read_recipe
from training.run import chosen, fresh_network
from training.tasks.disc import DiscTask


@pytest.fixture
def task_of(store, recipe):
    with Snapshot(store) as snapshot:

        def make(**options):
            numbers, spec = read_recipe(recipe), model_spec("disc", "compact")
            preprocessing, _ = chosen(spec, numbers)
            data = {split: DiscData(snapshot, split, preprocessing) for split in ("train", "val")}
            fabric = Fabric(accelerator="cpu", devices=1)
            return DiscTask(fabric, fresh_network(spec, numbers), data, numbers, **options)

        yield make


def _changed(before, after):
    return {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}


def _one_epoch(task, stage):
    before = task.state()
    stage.begin()
    task.train(True)
    for batch in stage.batches():
        count, losses = stage.step(batch)
        assert count == len(batch.image)
        assert all(value > 0 for value in losses.values())
    return _changed(before, task.state())


def test_stage_one_moves_encoder_and_head_only(task_of):
    task = task_of()
    stage = task.stages[0]
    assert (stage.name, stage.steps) == ("localiser", 3)
    assert _one_epoch(task, stage) == {"encoder", "localiser"}
    assert type(stage.optimiser) is torch.optim.RMSprop
    assert [group["initial_lr"] for group in stage.optimiser.param_groups] == [1e-3, 1e-4]


def test_stage_two_moves_the_decoder_only(task_of):
    task = task_of()
    stage = task.stages[1]
    assert (stage.name, stage.steps) == ("decoder", 6)
    assert _one_epoch(task, stage) == {"decoder"}
    assert type(stage.optimiser) is torch.optim.Adam


def test_the_baseline_moves_everything_but_the_head_for_the_epochs_of_both(task_of):
    task = task_of(localiser=False)
    (stage,) = task.stages
    assert stage.recipe.epochs == 16
    assert _one_epoch(task, stage) == {"encoder", "decoder"}


def test_figures_are_in_pixels_of_the_input(task_of):
    task = task_of()
    stage = task.stages[0]
    network = task.network
    torch.nn.init.zeros_(network.localiser.weight)
    network.localiser.bias.data = torch.tensor([24.0, 16.0]) / network.unit
    task.train(False)
    centres = torch.stack([task.data["val"].example(n).centre for n in task.data["val"].located])
    errors = torch.tensor([24.0, 16.0]) - centres
    figures = stage.validate()
    assert figures["centre_mse_px2"] == pytest.approx(float((errors**2).mean()), rel=1e-4)
    assert figures["centre_error_px"] == pytest.approx(float(errors.norm(dim=1).mean()), rel=1e-4)


@pytest.mark.parametrize(
    ("images", "sentence"),
    [
        (
            [phantom(0, mask=False, point=True, split="train"), phantom(1, split="val")],
            "'train' has an OD mask",
        ),
        ([phantom(0, split="train"), phantom(1, split="test")], "'val' has an OD mask"),
        ([phantom(0, split="train", empty=True), phantom(1, split="val")], "'train' .* not empty"),
    ],
)
def test_too_little_to_learn_from_is_one_sentence(tmp_path, recipe, images, sentence):
    numbers, spec = read_recipe(recipe), model_spec("disc", "compact")
    with Snapshot(write_store(tmp_path / "store.h5", images)) as snapshot:
        data = {s: DiscData(snapshot, s, chosen(spec, numbers)[0]) for s in ("train", "val")}
        with pytest.raises(RetinaError, match=sentence):
            DiscTask(Fabric(accelerator="cpu", devices=1), fresh_network(spec, numbers), data, numbers)
