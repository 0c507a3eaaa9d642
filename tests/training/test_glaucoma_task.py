import copy
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from eye_store import EVERYTHING, TINY_EYE, eye
from lightning_fabric import Fabric
from sklearn.linear_model import LogisticRegression
from training_store import write_store

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.findings.glaucoma import ratio_of
from retina_studio.networks.mtlio import TASKS
from retina_studio.networks.table import model_spec
from retina_studio.store.read import Snapshot
from training.checkpoint import restore_optimiser
from training.data.batch import batches
from training.data.examples import SplitData
from training.recipe import read_recipe
from training.subject import chosen, fresh_network
from training.tasks.glaucoma import GlaucomaRecipe, GlaucomaTask

STRATEGIES = ("mtl_io", "sum", "gradnorm", "pcgrad")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """30 eyes that say everything: 18 to train, 6 to choose, 6 to test."""
    return write_store(tmp_path_factory.mktemp("eyes") / "store.h5", [eye(n) for n in range(30)])


@pytest.fixture
def task_of(tmp_path, whole):
    opened = []

    def make(*changes, images=None):
        file = tmp_path / "tiny.toml"
        file.write_text(TINY_EYE, "utf-8")
        recipe, row = read_recipe(file, GlaucomaRecipe, changes), model_spec("glaucoma", "paper")
        snapshot = Snapshot(whole if images is None else write_store(tmp_path / "store.h5", images))
        opened.append(snapshot)
        spec, _ = chosen(row, recipe)
        needs = GlaucomaTask.needs(recipe)
        data = {split: SplitData(snapshot, split, spec, needs) for split in ("train", "val")}
        return GlaucomaTask(Fabric(accelerator="cpu", devices=1), fresh_network(row, recipe), data, recipe)

    yield make
    for snapshot in opened:
        snapshot.close()


def _batch(task, size=6):
    return next(batches(task.data["train"], range(size), size, seed=0, augment=None))


def _changed(before, after):
    return [name for name in before if not torch.equal(before[name].nan_to_num(), after[name].nan_to_num())]


def _parts_changed(task, before):
    after = task.state()
    names = _changed(before, after)
    return {".".join(name.split(".")[2 : 4 if ".heads." in name else 3]) for name in names}


def _epochs(task, stage, number):
    """The losses of each epoch, as the loop draws it."""
    history = []
    for epoch in range(number):
        torch.manual_seed(epoch)
        task.train(True)
        history.append([stage.step(batch, 0)[1] for batch in stage.batches(epoch)])
    return [{name: np.mean([step[name] for step in steps]) for name in steps[0]} for steps in history]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_lowers_every_loss(task_of, strategy):
    task = task_of(f"strategy={strategy}")
    (stage,) = task.stages
    stage.begin()
    history = _epochs(task, stage, 4)
    for name in TASKS:
        assert history[-1][name] < 0.9 * history[0][name], name


def test_each_network_of_the_single_task_baseline_lowers_its_loss_and_moves_alone(task_of):
    task = task_of("strategy=stl")
    assert [stage.name for stage in task.stages] == ["glaucoma", "disc", "cup", "fovea"]
    assert [stage.monitor for stage in task.stages] == ["auc", "dice_od", "dice_oc", "fovea_px"]
    assert [stage.lower_is_better for stage in task.stages] == [False, False, False, True]
    for number, (stage, name) in enumerate(zip(task.stages, TASKS, strict=True)):
        before = task.state()
        stage.begin()
        history = _epochs(task, stage, 4)
        assert history[-1][name] < 0.9 * history[0][name], name
        assert {key.split(".")[1] for key in _changed(before, task.state())} == {str(number)}


def test_tasks_step_in_order_each_with_its_own_optimiser(task_of):
    task = task_of()
    (stage,) = task.stages
    stage.begin()
    task.train(True)
    assert len(stage.optimisers) == 4
    assert all(type(optimiser) is torch.optim.Adam for optimiser in stage.optimisers)
    moved, states = [], []
    for stepper in stage.steppers:
        plain = stepper.step

        def step(plain=plain):
            before = task.state()
            plain()
            moved.append(_parts_changed(task, before))
            states.append(task.state())

        stepper.step = step
    start = task.state()
    stage.step(_batch(task), 0)
    assert moved == [
        {"encoder", "classifier"},
        {"encoder", "decoder", "heads.OD"},
        {"encoder", "decoder", "heads.OC"},
        {"encoder", "decoder", "heads.fovea"},
    ]
    decoder = [name for name in start if ".decoder." in name]
    assert decoder
    assert all(
        torch.equal(start[name], states[0][name]) for name in decoder
    )  # bit-identical after glaucoma's step
    (shared,) = task.network.parts
    first = shared.encoder.stages[0][0].weight
    moments = [optimiser.state[first]["exp_avg"] for optimiser in stage.optimisers]
    for n in range(4):
        assert not any(torch.equal(moments[n], moments[m]) for m in range(n))
    assert stage.optimisers[0].state.keys() == {*shared.encoder.parameters(), *shared.classifier.parameters()}


def test_small_plain_steps_equal_the_step_of_the_sum_to_first_order(task_of):
    gaps = []
    for rate in (1e-3, 1e-5):
        moves = []
        for strategy in ("mtl_io", "sum"):
            task = task_of(
                f"strategy={strategy}",
                "network.dropout=0.0",
                "multitask.optimiser=sgd",
                f"multitask.learning_rate={rate}",
            )
            task.network.double()
            (stage,) = task.stages
            stage.begin()
            task.train(True)
            start = torch.cat([p.detach().flatten() for p in task.network.parameters()])
            batch = _batch(task)
            stage.step(replace(batch, image=batch.image.double()), 0)
            moves.append(torch.cat([p.detach().flatten() for p in task.network.parameters()]) - start)
        gaps.append(float((moves[0] - moves[1]).norm() / moves[1].norm()))
    assert gaps[0] > 1e-2
    assert gaps[1] < 0.2 * gaps[0]


def test_pooling_over_parts_gives_the_losses_and_gradients_of_the_whole_batch(task_of):
    images = [eye(n, says=("OD", "OC") if n % 3 else EVERYTHING) for n in range(8)]
    gradients = []
    for accumulate in (1, 3):
        task = task_of(
            "strategy=sum",
            "network.statistics=running",
            "network.dropout=0.0",
            f"multitask.accumulate={accumulate}",
            images=images,
        )
        (stage,) = task.stages
        stage.begin()
        task.train(False)  # fixed statistics: parts of a batch are then the same as the batch
        _, values = stage.step(_batch(task), 0)
        gradients.append([p.grad.clone() for p in task.network.parameters()])
        if accumulate == 1:
            first = values
    assert values == pytest.approx(first, rel=1e-4)
    for one, other in zip(*gradients, strict=True):
        assert torch.allclose(one, other, atol=1e-5)


def test_a_task_that_no_image_of_the_batch_knows_makes_no_step(task_of):
    images = [eye(n, says=EVERYTHING if n >= 2 else ("OD",)) for n in range(8)]
    task = task_of(images=images)
    (stage,) = task.stages
    stage.begin()
    task.train(True)
    before = task.state()
    count, values = stage.step(_batch(task, size=2), 0)
    assert count == 2
    assert values.keys() == {"OD"}
    assert _parts_changed(task, before) == {"encoder", "decoder", "heads.OD"}
    assert not stage.optimisers[0].state


def test_only_images_that_know_a_label_enter_its_loss(task_of):
    mixed = task_of(images=[eye(n, says=EVERYTHING if n % 2 else ("OC",)) for n in range(8)])
    (stage,) = mixed.stages
    mixed.train(False)
    both = _batch(mixed)
    knowing = next(batches(mixed.data["train"], [1, 3, 5], 3, seed=0, augment=None))
    with torch.no_grad():
        losses, alone = stage.losses(both, 0), stage.losses(knowing, 0)
    for name in ("glaucoma", "OD", "fovea"):
        assert float(losses[name]) == pytest.approx(float(alone[name]), rel=1e-5)
    assert float(losses["loss"]) == pytest.approx(sum(float(losses[name]) for name in TASKS), rel=1e-5)


def test_rare_labels_are_drawn_more_often(task_of):
    assert task_of().stages[0].weights() is None
    images = [eye(n, says=EVERYTHING if n < 2 else ("OD",)) for n in range(8)]
    (stage,) = task_of(images=images).stages
    weights = np.array(stage.weights())
    knows_all = np.arange(6) < 2
    assert weights[knows_all].sum() == pytest.approx(3 + 2 / 6)
    assert weights[~knows_all] == pytest.approx(np.full(4, 1 / 6))
    assert task_of("balance=false", images=images).stages[0].weights() is None


def test_figures_are_the_sum_of_losses_and_each_tasks_own(task_of):
    task = task_of()
    (stage,) = task.stages
    task.train(False)
    figures = stage.validate()
    assert figures["loss"] == pytest.approx(sum(figures[f"loss_{task.lower()}"] for task in TASKS))
    assert {"auc", "dice_od", "dice_oc", "fovea_px"} < figures.keys()
    assert figures[stage.monitor] == figures["loss"]
    assert stage.lower_is_better
    network = task.network
    for head, bias in (
        (network.branch_of("OD").heads["OD"], 9.0),
        (network.branch_of("OC").heads["OC"], -9.0),
    ):
        torch.nn.init.zeros_(head.weight)
        torch.nn.init.constant_(head.bias, bias)
    figures = stage.validate()
    data = task.data["val"]
    shares = [float((data.example(n).masks[0] == 1).float().mean()) for n in range(6)]
    assert figures["dice_od"] == pytest.approx(np.mean([2 * s / (1 + s) for s in shares]))  # all is found
    assert figures["dice_oc"] == 0.0  # nothing is found: it stays empty
    expected = np.mean([-(math.log(torch.tensor(9.0).sigmoid()) * s - 9.0 * (1 - s)) for s in shares])
    assert figures["loss_od"] == pytest.approx(expected, rel=1e-3)


def test_the_regression_is_fitted_to_the_training_truth(task_of):
    task = task_of()
    assert torch.isnan(task.network.vcdr_slope)
    task.stages[0].end()
    data = task.data["train"]
    masks = [data.example(n).masks.numpy() == 1 for n in range(len(data))]
    fitted = LogisticRegression().fit(
        [[ratio_of(*pair)] for pair in masks], [data.grade(n, "glaucoma") for n in range(len(data))]
    )
    assert float(task.network.vcdr_slope) == pytest.approx(fitted.coef_[0, 0])
    assert float(task.network.vcdr_slope) > 0
    assert float(task.network.vcdr_intercept) == pytest.approx(fitted.intercept_[0])


def test_without_sick_and_healthy_there_is_no_regression(task_of):
    task = task_of(images=[eye(n) for n in range(0, 8, 2)])
    task.stages[0].end()
    assert torch.isnan(task.network.vcdr_slope)
    assert "No regression" in task.notices[-1]


def test_a_label_that_nothing_says_is_told_and_remembered(task_of):
    task = task_of(images=[eye(n, says=("OD", "glaucoma")) for n in range(8)])
    assert task.network.taught.tolist() == [1, 1, 0, 0]
    assert task.stages[0].tasks == ("glaucoma", "OD")
    assert ["OC mask" in notice for notice in task.notices] == [True, False]
    assert "fovea point" in task.notices[1]


@pytest.mark.parametrize(
    ("says", "splits", "changes", "sentence"),
    [
        (("fovea",), ("train",), (), "'val' has a fovea point"),
        (
            ("fovea",),
            ("val",),
            (),
            "'train' has a glaucoma grade or an OD mask or an OC mask or a fovea point",
        ),
        (("fovea",), ("train", "val"), ('tasks=["OD"]',), "'train' has an OD mask"),
    ],
)
def test_too_little_to_learn_from_is_one_sentence(task_of, says, splits, changes, sentence):
    images = [eye(n, says=says, split=splits[n % len(splits)]) for n in range(4)]
    with pytest.raises(RetinaError, match=sentence):
        task_of(*changes, images=images)


def test_a_network_of_its_own_needs_labels_in_both_splits(task_of):
    images = [
        eye(n, says=EVERYTHING if n < 20 else ("OD",), split="train" if n < 20 else "val") for n in range(24)
    ]
    task_of(images=images)
    with pytest.raises(RetinaError, match="'val' has a glaucoma grade or an OC mask or a fovea point"):
        task_of("strategy=stl", images=images)


def test_gradnorm_gives_more_weight_to_tasks_that_fall_behind_and_remembers_it(task_of):
    task = task_of("strategy=gradnorm")
    (stage,) = task.stages
    stage.begin()
    _epochs(task, stage, 2)
    weights = stage.loss_weights.detach().clone()
    assert float(weights.sum()) == pytest.approx(4.0)
    assert (weights > 0).all()
    assert not torch.equal(weights, torch.ones(4))
    saved = [copy.deepcopy(optimiser.state_dict()) for optimiser in stage.optimisers]
    stage.begin()  # as when a run continues: all is made anew, then the checkpoint's state comes in
    for optimiser, state in zip(stage.optimisers, saved, strict=True):
        restore_optimiser(optimiser, state)
    stage._recall()
    assert torch.equal(stage.loss_weights, weights)
    assert not stage.first.isnan().any()


def test_gradnorms_step_by_hand(task_of):
    task = task_of("strategy=gradnorm", "gradnorm_rate=0.1")
    (stage,) = task.stages
    stage.begin()
    stage._pulls = {
        name: torch.tensor([norm]) for name, norm in zip(TASKS, (4.0, 1.0, 1.0, 2.0), strict=True)
    }
    stage._rebalance(
        dict.fromkeys(TASKS, 0.5)
    )  # the first losses: all have come equally far, the target is 2
    # Adam's first step is the rate, against the sign of w g - 2: glaucoma down, disc and cup up, the fovea stays.
    raw = torch.tensor([0.9, 1.1, 1.1, 1.0])
    assert torch.allclose(stage.loss_weights, raw * 4 / raw.sum(), atol=1e-5)


def test_pcgrad_projects_what_points_against_another_task(task_of):
    task = task_of("strategy=pcgrad")
    (stage,) = task.stages
    task.train(True)
    stage.begin()
    (shared,) = task.network.parts
    weight, head = shared.encoder.stages[0][0].weight, shared.heads["OD"].bias
    one, other = torch.zeros_like(weight), torch.zeros_like(weight)
    one[0, 0, 0, :2] = torch.tensor([1.0, 0.0])
    other[0, 0, 0, :2] = torch.tensor([-1.0, 1.0])
    stage._operate([weight, head], [(one, other), (torch.ones(1), None)])
    # Each loses its part along the other: (1, 0) + (-1, 1) / 2 = (1/2, 1/2), and (-1, 1) + (1, 0) = (0, 1).
    assert weight.grad[0, 0, 0, :2].tolist() == pytest.approx([0.5, 1.5])
    assert head.grad.tolist() == [1.0]


def test_balancing_in_several_processes_or_half_precision_is_refused(task_of, monkeypatch):
    with pytest.raises(RetinaError, match="16-mixed"):
        task_of("strategy=pcgrad", "precision=16-mixed")
    monkeypatch.setattr(Fabric, "world_size", 2)
    with pytest.raises(RetinaError, match="--devices 1"):
        task_of("strategy=gradnorm")


def test_the_strategy_decides_whether_networks_are_separate(tmp_path):
    file = tmp_path / "tiny.toml"
    file.write_text(TINY_EYE, "utf-8")
    assert read_recipe(file, GlaucomaRecipe, ["strategy=stl"]).network["separate"] is True
    assert "separate" not in read_recipe(file, GlaucomaRecipe, ["network.separate=true"]).network
    with pytest.raises(RetinaError, match="'strategy' is wrong"):
        read_recipe(file, GlaucomaRecipe, ["strategy=magic"])


def test_the_fovea_by_cross_entropy_and_the_score_that_chooses(task_of):
    task = task_of("strategy=sum", "fovea_loss=bce", "monitor=score")
    (stage,) = task.stages
    assert (stage.monitor, stage.lower_is_better) == ("score", False)
    stage.begin()
    history = _epochs(task, stage, 4)
    assert history[-1]["fovea"] < 0.9 * history[0]["fovea"]
    task.train(False)
    figures = stage.validate()
    near = max(0.0, 1 - figures["fovea_px"] / 50)
    parts = [figures["dice_od"], figures["dice_oc"], figures["auc"], near]
    assert figures["score"] == pytest.approx(np.mean(parts))
    alone = task_of("strategy=stl", "monitor=score")
    assert [s.monitor for s in alone.stages] == ["auc", "dice_od", "dice_oc", "fovea_px"]
