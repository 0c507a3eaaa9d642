import json

import pytest

from retina_studio.domain.edits import SetGrade, add_shapes
from retina_studio.domain.errors import RetinaError
from retina_studio.domain.shapes import Ellipse, new_shape
from retina_studio.paths import resources
from retina_studio.retraining.needs import all_needs, fewest_test_images, read_needs
from retina_studio.retraining.plan import make_plan
from retina_studio.store.read import Snapshot
from retina_studio.study.consensus import run_vote
from retina_studio.study.curation import curate
from retina_studio.study.schema import PatientSplitRow
from training.data.needs import Needs, Planes, answers
from training.recipe import read_recipe, shipped_recipe
from training.tasks import task_spec


def test_the_plan_holds_what_a_snapshot_then_holds(settled, registry, tmp_path):
    plan = make_plan(settled, registry)
    with settled.database.reading() as session:
        assert session.query(PatientSplitRow).count() == 0  # nothing was decided by looking
    curate(settled, tmp_path / "s.h5")
    with Snapshot(tmp_path / "s.h5") as snapshot:
        entries = snapshot.entries
        planes = Planes(snapshot)
        assert plan.holds.settled == len(entries) == 22
        for split, count in plan.holds.splits.items():
            assert count == sum(entry.split == split for entry in entries)
            assert plan.holds.labels["OD"][split] == sum(
                e.split == split and "OD" in planes.known(e) for e in entries
            )
        for model in plan.models:
            needs = task_spec(model.stem).evaluation.needs
            useful = [entry for entry in entries if answers(entry, planes.known(entry), needs)]
            if needs.modality == "fundus":
                assert sum(model.images.values()) == len(useful)
    assert plan.holds.graders == {"Ada": 22, "Ben": 22, "Cleo": 22}
    assert plan.holds.agreement == 1
    assert plan.holds.drawn == {"OD": 22}
    assert plan.warnings == ()
    json.dumps(plan.to_dict())


def test_models_with_new_consensus_and_weights_are_chosen(settled, registry):
    models = {model.stem: model for model in make_plan(settled, registry).models}
    disc = models["disc"]
    assert disc.chosen
    assert disc.possible
    assert (disc.images, disc.grown, disc.warnings) == ({"train": 8, "val": 4, "test": 10}, 22, ())
    assert disc.current == registry.version("disc", "current").hash
    assert disc.seconds == all_needs()["disc"].images / all_needs()["disc"].images_per_second
    assert not disc.measured
    assert make_plan(settled, registry, stems=["disc"], seconds=5).models[0].seconds == 5
    assert not models["lesion"].possible
    assert "There are no weights of lesion to go on from." in models["lesion"].warnings
    assert "No settled image answers anything that lesion learns." in models["lesion"].warnings


def test_images_that_were_graded_and_not_outlined_answer_no_lesion(settled, registry):
    image = settled.images()[0]
    for name in ("Ada", "Ben", "Cleo"):
        session = settled.session(image, settled.grader(name))
        session.reopen()
        session.apply(SetGrade("dr", None, 2))
        session.submit(complete=False)
    assert "1 images changed since the last vote" in make_plan(settled, registry).warnings[0]
    run_vote(settled, workers=1)
    plan = make_plan(settled, registry, stems=["lesion"])
    assert plan.holds.grades == {"dr": {"2": 1}}
    assert set(plan.holds.labels) == {"OD"}
    assert sum(plan.models[0].images.values()) == 1


def test_a_split_that_says_nothing_is_warned_of(settled, registry):
    train = next(image for image in settled.images() if image.split == "train")
    for name in ("Ada", "Ben", "Cleo"):
        session = settled.session(train, settled.grader(name))
        session.reopen()
        session.apply(add_shapes(new_shape("OC", Ellipse(60, 48, 5, 5))))
        session.submit(complete=False)
    run_vote(settled, workers=1)
    (glaucoma,) = make_plan(settled, registry, stems=["glaucoma"]).models
    assert "No image of the split val or test answers OC." in glaucoma.warnings


def test_an_empty_study_has_nothing_to_learn_from(study, registry):
    plan = make_plan(study, registry, stems=["disc"])
    assert "Nothing is settled yet: there is nothing to learn from." in plan.warnings
    assert not plan.models[0].possible
    with pytest.raises(RetinaError, match="no model 'retina'"):
        make_plan(study, registry, stems=["retina"])


def test_what_is_known_of_the_models_is_what_training_knows():
    for stem, needs in all_needs().items():
        measured = task_spec(stem).evaluation.needs
        ours = Needs(needs.modality, needs.labels, needs.points, needs.grades)
        assert ours == measured
        recipe = read_recipe(shipped_recipe(stem, "compact"), task_spec(stem).recipe, needs.changes)
        stages = [stage for stage in vars(recipe).values() if hasattr(stage, "epochs")]
        assert needs.images == sum(s.epochs * s.validate_every * s.batch_size for s in stages)
    assert fewest_test_images() == 8


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("grown = 20", "grown = 0"), "grown of ppa cannot be 0"),
        (("grown = 20", "growth = 20"), "does not know 'grow"),
        (('labels = ["OD", "PPA"]', 'labels = ["OD", "PAP"]'), "names 'PAP'"),
        (('labels = ["OD", "PPA"]', "labels = [1]"), "as texts"),
        (("[ppa]", "[ppa"), "cannot be read"),
    ],
)
def test_wrong_data_is_one_sentence(tmp_path, change, words):
    text = (resources() / "retraining.toml").read_text("utf-8")
    (tmp_path / "retraining.toml").write_text(text.replace(*change, 1), "utf-8")
    with pytest.raises(RetinaError, match=words):
        read_needs(tmp_path / "retraining.toml")
