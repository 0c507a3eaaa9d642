import numpy as np
import pytest
import torch
from lightning_fabric import Fabric
from oct_store import TINY_OCT, b_scan, b_scans
from training_store import write_store

from retina_studio.domain.errors import RetinaError
from retina_studio.networks.table import model_spec
from retina_studio.store.read import Snapshot
from training.data.batch import batches
from training.data.examples import SplitData
from training.recipe import read_recipe
from training.subject import chosen, fresh_network
from training.tasks.oct import OctRecipe, OctTask


@pytest.fixture(scope="module")
def oct_store(tmp_path_factory):
    return write_store(tmp_path_factory.mktemp("oct") / "store.h5", b_scans())


@pytest.fixture
def task_of(tmp_path, oct_store):
    opened = []

    def make(images=None, changes=()):
        file = tmp_path / "tiny.toml"
        file.write_text(TINY_OCT, "utf-8")
        recipe, row = read_recipe(file, OctRecipe, changes), model_spec("oct", "paper")
        snapshot = Snapshot(oct_store if images is None else write_store(tmp_path / "store.h5", images))
        opened.append(snapshot)
        spec, _ = chosen(row, recipe)
        data = {split: SplitData(snapshot, split, spec, OctTask.needs(recipe)) for split in ("train", "val")}
        fabric = Fabric(accelerator="cpu", devices=1)
        return OctTask(fabric, fresh_network(row, recipe), data, recipe)

    yield make
    for snapshot in opened:
        snapshot.close()


def _train(task, stage):
    """Every epoch of a stage: its losses, its figures, and which networks changed."""
    before = task.state()
    stage.begin()
    history, figures = [], []
    for epoch in range(stage.recipe.epochs):
        torch.manual_seed(epoch)
        task.train(True)
        history.append([stage.step(batch, 0)[1] for batch in stage.batches(epoch)])
        task.train(False)
        figures.append(stage.validate())
    after = task.state()
    changed = {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}
    names = history[0][0]
    return (
        {name: [np.mean([step[name] for step in steps]) for steps in history] for name in names},
        figures,
        changed,
    )


def test_both_stages_learn_and_each_moves_its_own_network(task_of):
    task = task_of()
    first, second = task.stages
    assert (first.name, first.monitor, first.steps) == ("classifier", "acc", 3)
    assert (second.name, second.monitor, second.steps) == ("segmenter", "dice", 4)
    losses, figures, changed = _train(task, first)
    assert changed == {"classifier"}
    assert all(values[-1] < 0.8 * values[0] for values in losses.values())
    for total, cross, mask in zip(*losses.values(), strict=True):
        assert total == pytest.approx(cross + mask, rel=1e-5)
    assert losses["cross_entropy"][-1] < 0.4 * losses["cross_entropy"][0]
    assert figures[-1]["acc"] == pytest.approx(_accuracy(task))
    for epoch in figures:
        assert epoch["kappa"] == pytest.approx(1.5 * epoch["acc"] - 0.5, abs=1e-6)  # as many of each class

    losses, figures, changed = _train(task, second)
    assert changed == {"segmenter"}
    assert losses["bce_dice"][-1] < 0.3 * losses["bce_dice"][0]
    assert max(epoch["dice"] for epoch in figures) > 0.5


def test_the_maps_are_those_of_the_frozen_classifier_and_move_with_the_image(task_of):
    task = task_of()
    stage = task.stages[1]
    with torch.no_grad():  # a fresh classifier may speak for nothing
        task.network.classifier.head.weight.abs_()
    stage.begin()
    flips, stays = (
        [
            *batches(
                task.data["train"],
                stage.positions("train"),
                4,
                seed=3,
                augment=augment,
                attach=stage.attach("train"),
            )
        ]
        for augment in (stage.recipe.augment.model_copy(update={"flip": 1.0}).build(), None)
    )
    stays = {int(index): (image, cam) for b in stays for index, image, cam in _each(b)}
    assert {*stays} == {*task.outlined["train"]}
    seen = 0
    for index, image, cam in (each for batch in flips for each in _each(batch)):
        plain, plain_cam = stays[int(index)]
        assert torch.allclose(image, plain.flip(-1), atol=1e-5)
        assert torch.allclose(cam, plain_cam.flip(-1), atol=1e-5)
        assert not torch.allclose(cam, plain_cam, atol=1e-2)
        seen += 1
        task.train(False)
        assert torch.allclose(task.network.look(plain[None])[0], plain_cam, atol=1e-5)
    assert seen == len(stays)
    task.train(True)
    assert not task.network.classifier.training
    assert task.network.segmenter.training


def _each(batch):
    return zip(batch.index, batch.image, batch.extra["cam"], strict=True)


def _accuracy(task):
    (batch,) = batches(task.data["val"], task.graded["val"], 12, seed=0, augment=None)
    with torch.no_grad():
        found = task.network(batch.image)["oct"].argmax(dim=1)
    return float((found == task.class_numbers(batch.grades)).float().mean())


def _mixed():
    """Images known in part, by name: what each of them teaches."""
    return [
        b_scan(0, "normal", labels=()),  # class; by it, that there is no lesion
        b_scan(1, "drusen"),  # class and lesion
        b_scan(2, "dme", outlined=False),  # class only
        b_scan(3, "cnv"),  # nothing to a network without that class
        b_scan(4, "drusen", graded=False),  # lesion only
        b_scan(5, "normal", graded=False),  # nothing drawn, not graded: nothing
        b_scan(6, "dme", labels=("fluid",)),  # class and lesion
        b_scan(7, "drusen", split="val"),
        b_scan(8, "normal", split="val"),
    ]


def test_images_known_in_part_teach_what_they_say(task_of):
    task = task_of(_mixed())
    data = task.data["train"]
    names = lambda positions: [data.entries[n].name for n in positions]  # noqa: E731
    assert names(task.graded["train"]) == ["scan000", "scan001", "scan002", "scan006"]
    assert names(task.outlined["train"]) == ["scan001", "scan004", "scan006"]
    (batch,) = batches(data, [n for n in range(len(data)) if n != 3], 8, seed=0, augment=None)
    assert task.class_numbers(batch.grades).tolist() == [0, 1, 2, -1, -1, 2]
    mask, known = task.lesions(batch)
    assert known.tolist() == [True, True, False, True, True, True]
    assert mask.shape == (6, 1, 32, 48)
    assert mask.flatten(1).any(dim=1).tolist() == [False, True, False, True, False, True]
    drusen, _, fluid = batch.masks.unbind(1)
    assert torch.equal(mask[1, 0], drusen[1])
    assert torch.equal(mask[5, 0], fluid[5])


def test_an_unknown_lesion_does_not_pull_at_the_mask(task_of):
    task = task_of(_mixed())
    stage = task.stages[0]
    task.train(False)
    whole = {
        int(b.index[0]): stage.losses(b, 0)
        for b in batches(task.data["train"], task.graded["train"], 1, seed=0, augment=None)
    }
    by_name = {task.data["train"].entries[n].name: losses for n, losses in whole.items()}
    assert by_name["scan002"]["mask"].item() == 0
    assert all(by_name[name]["mask"].item() > 0.1 for name in ("scan000", "scan001", "scan006"))


def test_without_a_mask_there_is_cross_entropy_alone_and_without_a_segmenter_one_stage(task_of):
    task = task_of(changes=["network.mask_guidance=none", "network.segmenter=false"])
    (stage,) = task.stages
    stage.begin()
    assert {*stage.step(next(stage.batches(0)), 0)[1]} == {"cross_entropy"}


def test_an_encoder_from_imagenet_may_learn_more_slowly(task_of):
    task = task_of(changes=["classifier.backbone_learning_rate=1e-5"])
    rates = {id(part): rate for part, rate in task.stages[0].learning()}
    network = task.network.classifier
    assert rates == {
        id(network.encoder): 1e-5,
        id(network.mask): 2e-3,
        id(network.fusion): 2e-3,
        id(network.head): 2e-3,
    }


@pytest.mark.parametrize(
    ("images", "sentence"),
    [
        (
            [b_scan(0, "cnv"), b_scan(1, "drusen", split="val")],
            "'train' is graded normal, drusen, dme to learn from",
        ),
        ([b_scan(0, "normal"), b_scan(1, "drusen")], "'val' is graded"),
        (
            [b_scan(0, "drusen"), b_scan(1, "drusen", split="val")],
            "is drusen: there is nothing to tell apart",
        ),
        (
            [b_scan(0, "drusen", outlined=False), b_scan(1, "normal"), b_scan(2, "drusen", split="val")],
            "'train' has an outlined lesion .*segmenter=false",
        ),
    ],
)
def test_too_little_to_learn_from_is_one_sentence(task_of, images, sentence):
    with pytest.raises(RetinaError, match=sentence):
        task_of(images)
