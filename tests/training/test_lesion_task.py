"""The task of the stem `lesion`: two stages, the switch of the loss, the kept maps."""

import numpy as np
import pytest
import torch
from lesion_store import ALL, TINY_LESION, photograph, photographs
from lightning_fabric import Fabric
from training_store import write_store

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.preprocessing import as_input
from retina_studio.networks.table import model_spec
from retina_studio.store.read import Snapshot
from training.data.examples import SplitData
from training.loop import Loop
from training.recipe import read_recipe, shipped_recipe
from training.subject import chosen, fresh_network
from training.tasks.lesion import LesionRecipe, LesionTask, balanced


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return write_store(tmp_path_factory.mktemp("lesion") / "store.h5", photographs())


@pytest.fixture
def task_of(tmp_path, store):
    opened = []

    def make(images=None, changes=(), folder=None):
        file = tmp_path / "tiny.toml"
        file.write_text(TINY_LESION, "utf-8")
        recipe, row = read_recipe(file, LesionRecipe, changes), model_spec("lesion", "compact")
        snapshot = Snapshot(store if images is None else write_store(tmp_path / "store.h5", images))
        opened.append(snapshot)
        spec, _ = chosen(row, recipe)
        data = {
            split: SplitData(snapshot, split, spec, LesionTask.needs(recipe)) for split in ("train", "val")
        }
        fabric = Fabric(accelerator="cpu", devices=1)
        return LesionTask(fabric, fresh_network(row, recipe), data, recipe, folder)

    yield make
    for snapshot in opened:
        snapshot.close()


class Told:
    """Events in a list."""

    def __init__(self):
        self.events = []

    def emit(self, event, **values):
        self.events.append((event, values))


@pytest.mark.parametrize("size", ["paper", "compact"])
def test_the_shipped_recipes_hold_the_papers_numbers(size):
    recipe = read_recipe(shipped_recipe("lesion", size), LesionRecipe)
    row = model_spec("lesion", size)
    with torch.device("meta"):
        network = row.build(*chosen(row, recipe))
    sizes = [sum(p.numel() for p in part.parameters()) for part in (network.lesionnet, network.grader)]
    assert (recipe.loss, recipe.dual_weight) == ("dual_each" if size == "compact" else "dual", 0.8)
    if size == "compact":
        assert max(sizes) < 5e6
        return
    assert sizes == [25_262_312, 21_795_813 + 1_186_432]
    for stage in (recipe.lesions, recipe.grader):
        assert (stage.optimiser, stage.momentum, stage.weight_decay, stage.learning_rate) == (
            "sgd",
            0.95,
            1e-4,
            1e-3,
        )
        assert (stage.schedule, stage.drop_after, stage.patience, stage.validate_every) == (
            "plateau",
            4,
            10,
            1000,
        )
        assert stage.batch_size == 8


def test_the_loss_is_switched_once_at_the_first_drop_for_good(task_of):
    stage = task_of().stages[0]
    stage.begin()
    batch = next(stage.batches(0))
    torch.manual_seed(0)
    stage.task.train(False)
    with torch.no_grad():
        by_drops = [
            {name: float(value) for name, value in stage.losses(batch, drops).items()} for drops in range(3)
        ]
    first, second, third = by_drops
    assert first["loss"] == first["pixels"]
    assert second["loss"] == pytest.approx(0.8 * second["pixels"] + 0.2 * second["images"], rel=1e-6)
    assert second["loss"] != second["pixels"]
    assert third == second


@pytest.mark.parametrize("loss", ["dice", "wce", "focal"])
def test_the_papers_other_losses_are_never_switched(task_of, loss):
    stage = task_of(changes=[f"loss={loss}"]).stages[0]
    stage.begin()
    batch = next(stage.batches(0))
    stage.task.train(False)
    with torch.no_grad():
        values = stage.losses(batch, 1)
    assert values["loss"] is values["pixels"]


def test_a_training_lowers_the_loss_switches_once_and_then_grades(task_of, tmp_path):
    task, told, steps = task_of(folder=tmp_path), Told(), []
    stage = task.stages[0]
    plain = stage.losses

    def watched(batch, drops):
        values = plain(batch, drops)
        steps.append((float(values["pixels"].detach()), not torch.equal(values["loss"], values["pixels"])))
        return values

    stage.losses = watched
    Loop(task, 0, told, tmp_path / "checkpoint.safetensors").run()
    pixels, switched = zip(*steps, strict=True)
    assert np.mean(pixels[-4:]) < 0.7 * np.mean(pixels[:2])
    assert switched == (False,) * 8 + (True,) * 8
    epochs = [values for event, values in told.events if event == "epoch"]
    assert [epoch["stage"] for epoch in epochs] == ["lesions", "lesions", "grader"]
    assert set(epochs[0]["metrics"]) >= {"pixel_f1", "image_f1", "pixel_f1_MA", "pixel_f1_HaEx"}
    assert set(epochs[2]["metrics"]) == {"kappa", "accuracy", "cross_entropy"}
    assert bool(task.network.graded)
    assert not (tmp_path / "lesion-maps.safetensors").exists()


def test_each_stage_moves_its_own_network(task_of):
    task = task_of()
    for stage, own in zip(task.stages, ("lesionnet", "grader"), strict=True):
        before = task.state()
        stage.begin()
        task.train(True)
        stage.step(next(stage.batches(0)), 0)
        after = task.state()
        assert {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])} == {own}


def test_kept_maps_are_lesionnets_own_and_move_with_the_image(task_of):
    task = task_of(changes=["grader.augment={flip=1.0}", "balance=0"])
    stage = task.stages[1]
    stage.begin()
    batch = next(stage.batches(0))
    task.train(False)
    assert batch.extra["lesions"].shape == (4, 8, 4, 4)
    for index, kept in zip(batch.index.tolist(), batch.extra["lesions"], strict=True):
        image = task.data["train"].example(index).image.numpy().transpose(1, 2, 0)
        with torch.inference_mode():
            own = task.network.kept(as_input(np.ascontiguousarray(image), task.data["train"].spec))[0]
        assert torch.allclose(kept, own.flip(-1), atol=1e-3)


def test_live_maps_grade_as_kept_ones_where_nothing_moves(task_of):
    kept, live = (
        task_of(changes=[f"side_maps={how}", "grader.augment={}", "balance=0"]).stages[1]
        for how in ("kept", "live")
    )
    figures = []
    for stage in (kept, live):
        stage.begin()
        stage.task.train(False)
        figures.append(stage.validate()["cross_entropy"])
    assert figures[0] == pytest.approx(figures[1], rel=1e-3)


def test_kept_maps_are_read_again_by_a_resumed_run_of_the_same_network(task_of, tmp_path, monkeypatch):
    task = task_of(folder=tmp_path)
    task.stages[1].begin()
    task.train(False)
    figures = task.stages[1].validate()
    again = task_of(folder=tmp_path)
    again.restore(task.state())
    again.stages[1].begin()
    again.train(False)
    monkeypatch.setattr(type(again.network), "kept", None)
    assert again.stages[1].validate() == figures
    again.network.lesionnet.head.bias.data += 1
    again.stages[1].begin()
    with pytest.raises(TypeError):
        again.stages[1].validate()


def test_a_store_with_one_lesion_teaches_that_one_alone(task_of, tmp_path):
    images = [
        photograph(n, 2, split="train" if n < 6 else "val", labels=("HaEx",), graded=False) for n in range(9)
    ]
    recipe = tmp_path / "no-grader.toml"
    recipe.write_text(TINY_LESION.split("[grader]")[0], "utf-8")
    row, read = model_spec("lesion", "compact"), read_recipe(recipe, LesionRecipe)
    with Snapshot(write_store(tmp_path / "one.h5", images)) as snapshot:
        spec, _ = chosen(row, read)
        data = {split: SplitData(snapshot, split, spec, LesionTask.needs(read)) for split in ("train", "val")}
        task = LesionTask(Fabric(accelerator="cpu", devices=1), fresh_network(row, read), data, read)
        assert [stage.name for stage in task.stages] == ["lesions"]
        stage = task.stages[0]
        stage.begin()
        task.train(False)
        assert task.network.lesionnet.taught.tolist() == [float(label == "HaEx") for label in ALL]
        assert {name for name in stage.validate() if "_f1_" in name} == {"pixel_f1_HaEx", "image_f1_HaEx"}


def test_the_draws_are_balanced_between_what_is_shown():
    shown = np.array([[True, False, False], [True, False, False], [True, True, False], [False, False, False]])
    assert balanced(shown, 0) is None
    assert balanced(np.zeros((4, 3), bool), 1) is None
    assert balanced(shown, 1) == pytest.approx([1 / 6, 1 / 6, 1 / 6 + 1 / 2, 0])
    assert balanced(shown, 0.5) == pytest.approx([1 / 12 + 1 / 8, 1 / 12 + 1 / 8, 1 / 3 + 1 / 8, 1 / 8])


def test_pixels_against_the_grade_are_background_or_ignored(task_of):
    images = [photograph(0, 2), photograph(1, 2, noncompliant=True), photograph(2, 2, split="val")]
    lowest = {}
    for how in ("background", "ignore"):
        stage = task_of(images, [f"noncompliant={how}", "balance=0", "lesions.augment={}"]).stages[0]
        stage.begin()
        lowest[how] = min(float(batch.masks.min()) for batch in stage.batches(0))
    assert lowest == {"background": 0, "ignore": -1}


@pytest.mark.parametrize(
    ("images", "words"),
    [
        ([photograph(0, 2), photograph(1, 2, split="val", labels=())], "'val' has a lesion mask to choose"),
        (
            [photograph(0, 2), photograph(1, 2, split="val", graded=False)],
            "'val' has a DR grade .* \\[grader\\]",
        ),
    ],
)
def test_a_store_without_answers_is_refused(task_of, images, words):
    with pytest.raises(RetinaError, match=words):
        task_of(images)


def test_a_store_that_shows_no_lesion_is_refused(task_of):
    task = task_of([photograph(0, 2), photograph(1, 0, split="val")])
    with pytest.raises(RetinaError, match="'val' shows a lesion"):
        task.stages[0].begin()
