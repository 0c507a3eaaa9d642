"""From corrections to new weights and back: proposals, vote, snapshot, training, gate, new proposals."""

import cv2
import pytest
from typer.testing import CliRunner

from retina_studio.cli import app
from retina_studio.domain.edits import SetGrade, add_shapes
from retina_studio.domain.shapes import new_shape
from retina_studio.images.metadata import read_sidecar
from retina_studio.images.read import read_image
from retina_studio.inference.predictor import Predictor
from retina_studio.inference.registry import Registry, find_weights
from retina_studio.phantoms.fundus import fundus_phantom
from retina_studio.retraining.engine import Engine
from retina_studio.retraining.home import home_of
from retina_studio.retraining.overriding import override
from retina_studio.retraining.queue import Queue
from retina_studio.retraining.verdict import read_verdict
from retina_studio.study.importing import import_images
from retina_studio.study.verify import study_problems

SPLITS = ("train",) * 8 + ("val",) * 4 + ("test",) * 8
CORRECTED = ("OD", "OC", "fovea")


@pytest.fixture
def corrected(study, tmp_path, shipped_weights):
    """20 phantoms on which three graders took the shipped model's proposals and drew them as they should be."""
    rows, truths = ["image,eye,patient,split"], {}
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, split in enumerate(SPLITS):
        phantom = fundus_phantom(900 + number, size=(384, 384), dr=0)
        name = f"eye{number:02}"
        cv2.imwrite(str(folder / f"{name}.png"), cv2.cvtColor(phantom.pixels, cv2.COLOR_RGB2BGR))
        rows.append(f"{name}.png,{phantom.eye},p{number},{split}")
        truths[name] = phantom.grading
    (folder / "images.csv").write_text("\n".join(rows), "utf-8")
    import_images(
        study, sorted(folder.glob("*.png")), sidecar=read_sidecar(folder / "images.csv"), names="keep"
    )
    graders = [study.add_grader(name) for name in ("Ada", "Ben", "Cleo")]
    study.add_grader("Eva", "engineer")
    predictor = Predictor(find_weights("glaucoma"), "cpu", "glaucoma")
    for image in study.images():
        study.add_proposal(image, predictor.propose(read_image(study.image_file(image)), image.modality))
        truth = truths[image.name]
        for grader in graders:
            session = study.session(image, grader)
            for shape in truth.shapes.values():
                if shape.label in CORRECTED:
                    session.apply(add_shapes(new_shape(shape.label, shape.geometry)))
            session.apply(SetGrade("glaucoma", None, truth.grades["glaucoma"]))
            session.submit(complete=False)
    return study


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_what_was_corrected_comes_back_as_a_new_version(corrected, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    study, registry = corrected, Registry()
    before = registry.version("glaucoma", "current")
    plan = CliRunner().invoke(app, ["retrain", str(study.folder), "--models", "glaucoma", "--plan"])
    assert plan.exit_code == 0, plan.output
    queue = Queue(home_of(study))
    queue.ask(["glaucoma"], "Eva", seconds=20, device="cpu")
    (run,) = Engine(study.folder, queue.home).work()
    assert run.state in ("promoted", "held back"), run.reason
    verdict = read_verdict(queue.files(run).gate)
    assert len(verdict.images) == 8
    assert {check.name for check in verdict.checks} >= {"dice_oc", "dice_od", "fovea_px"}
    print(run.reason, *(f"{c.name} {c.current} {c.candidate} {c.interval}" for c in verdict.checks), sep="\n")
    if run.state == "held back":
        assert registry.version("glaucoma", "current").hash == before.hash
        override(
            study, registry, "glaucoma", run.candidate, "Eva", "To see whether the new version proposes."
        )
    image = study.images()[0]
    pixels = read_image(study.image_file(image))
    proposal = Predictor(find_weights("glaucoma"), "cpu", "glaucoma").propose(pixels, image.modality)
    assert proposal.weights_hash == run.candidate
    assert registry.roll_back("glaucoma", "Eva", "back").hash == before.hash
    assert study_problems(study) == []
