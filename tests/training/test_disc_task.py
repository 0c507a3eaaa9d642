import pytest
import torch
from lightning_fabric import Fabric
from training_store import phantom, write_store

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.table import model_spec
from retina_studio.store.read import Snapshot
from training.data.examples import SplitData
from training.recipe import read_recipe
from training.subject import chosen, fresh_network
from training.tasks.disc import DiscRecipe, DiscTask


def _task(snapshot, recipe, *changes):
    numbers, spec = read_recipe(recipe, DiscRecipe, changes), model_spec("disc", "compact")
    preprocessing, _ = chosen(spec, numbers)
    needs = DiscTask.needs(numbers)
    data = {split: SplitData(snapshot, split, preprocessing, needs) for split in ("train", "val")}
    return DiscTask(Fabric(accelerator="cpu", devices=1), fresh_network(spec, numbers), data, numbers)


@pytest.fixture
def task_of(store, recipe):
    with Snapshot(store) as snapshot:
        yield lambda *changes: _task(snapshot, recipe, *changes)


def _changed(before, after):
    return {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}


def _one_epoch(task, stage):
    before = task.state()
    stage.begin()
    task.train(True)
    for batch in stage.batches(seed=1):
        count, losses = stage.step(batch, drops=0)
        assert count == len(batch)
        assert all(value > 0 for value in losses.values())
    return _changed(before, task.state())


def test_stage_one_moves_encoder_and_head_only(task_of):
    task = task_of()
    stage = task.stages[0]
    assert (stage.name, stage.steps) == ("localiser", 3)
    assert _one_epoch(task, stage) == {"encoder", "localiser"}
    (optimiser,) = stage.optimisers
    assert type(optimiser) is torch.optim.RMSprop
    assert [group["initial_lr"] for group in optimiser.param_groups] == [1e-3, 1e-4]


def test_stage_two_moves_the_decoder_only(task_of):
    task = task_of()
    stage = task.stages[1]
    assert (stage.name, stage.steps) == ("decoder", 6)
    assert _one_epoch(task, stage) == {"decoder"}
    (optimiser,) = stage.optimisers
    assert type(optimiser) is torch.optim.Adam


def test_the_baseline_moves_everything_but_the_head_for_the_epochs_of_both(task_of):
    task = task_of("with_localiser=false")
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
    data = task.data["val"]
    centres = torch.cat([data.example(n).points for n in data.with_point("OD")])
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
    with (
        Snapshot(write_store(tmp_path / "store.h5", images)) as snapshot,
        pytest.raises(RetinaError, match=sentence),
    ):
        _task(snapshot, recipe)


def test_a_share_of_the_masks_leaves_the_centres_and_lies_inside_a_larger_share(task_of):
    whole, half, third = task_of(), task_of("mask_fraction=0.5"), task_of("mask_fraction=0.3")
    assert len(half.outlined("train")) == 6
    assert set(third.outlined("train")) < set(half.outlined("train")) < set(whole.outlined("train"))
    assert half.outlined("val") == whole.outlined("val")
    assert half.stages[0].positions("train") == whole.stages[0].positions("train")


def test_the_localiser_counts_once_it_is_trained(task_of):
    task = task_of()
    assert not task.network.localises
    task.stages[0].end()
    assert task.network.localises


def test_memory_that_runs_out_is_answered_by_smaller_parts(task_of, monkeypatch):
    task = task_of("network.dropout=0.0")
    stage = task.stages[1]
    stage.begin()
    plain = type(stage).losses

    def short_of_memory(self, batch, drops):
        if len(batch) > 1:
            raise torch.OutOfMemoryError("out of memory")
        return plain(self, batch, drops)

    monkeypatch.setattr(type(stage), "losses", short_of_memory)
    batch = next(stage.batches(seed=1))
    count, _ = stage.step(batch, drops=0)
    assert (count, stage.parts) == (2, 2)
    assert "goes through in 2 parts" in task.notices[0]
    with pytest.raises(RetinaError, match="does not hold 1 images"):
        stage.in_parts(batch, lambda _part: short_of_memory(stage, batch, 0), stage.steppers[0])


def test_a_batch_in_parts_has_the_gradient_of_the_whole(task_of):
    def gradient(parts):
        task = task_of("network.dropout=0.0", "localiser.augment={}")
        stage = task.stages[0]
        stage.begin()
        stage.parts = parts
        task.train(False)  # batch statistics would differ
        values = stage.in_parts(
            next(stage.batches(seed=1)), lambda part: stage.losses(part, 0), stage.steppers[0]
        )
        return values["mse"], task.network.localiser.weight.grad.clone()

    (loss, whole), (loss_of_parts, parts) = gradient(1), gradient(3)
    assert loss == pytest.approx(loss_of_parts, rel=1e-5)
    assert torch.allclose(whole, parts, rtol=1e-4, atol=1e-6)


def test_what_the_recipe_favours_is_drawn_more_often(task_of):
    stage = task_of('favour={"image0[1-4]"=8, "image*"=0.5}').stages[0]
    names = [stage.task.data["train"].entries[n].name for n in stage.positions("train")]
    favoured = dict(zip(names, stage.favoured(), strict=True))
    assert favoured["image01"] == 16 * favoured["image10"]
    drawn = [int(n) for batch in stage.batches(seed=1) for n in batch.index]
    few = sum(stage.task.data["train"].entries[n].name in ("image01", "image02") for n in drawn)
    assert few / len(drawn) > 0.4
    assert task_of().stages[0].favoured() is None
