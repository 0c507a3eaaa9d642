"""A small study in which everything happened that the audit trail knows."""

import cv2
import numpy as np
from vote_examples import GRADERS, submit, submit_all

from retina_studio.domain.edits import JointEdit, SetAbsent, SetComment, SetGrade, add_shapes, remove_shapes
from retina_studio.domain.grading import Grading
from retina_studio.domain.proposal import Proposal, proposal_origin
from retina_studio.domain.shapes import Ellipse, Polygon, Shape, new_shape
from retina_studio.domain.voting.decisions import Decision
from retina_studio.study.adjudication import decide, tell_names_shown, withdraw
from retina_studio.study.assigning import assign
from retina_studio.study.certification import give_certification, make_certification
from retina_studio.study.consensus import run_vote, stored_outcome
from retina_studio.study.importing import import_images
from retina_studio.study.repeating import give_repeats
from retina_studio.study.returning import return_for_correction
from retina_studio.study.splitting import split_patients
from retina_studio.study.training_trail import record_override, record_retraining


def draw_pictures(folder, names=("p1_OD", "p1_OS", "p2_OD", "p3_OD")):
    folder.mkdir()
    rng = np.random.default_rng(5)
    for name in names:
        cv2.imwrite(str(folder / f"{name}.png"), rng.integers(0, 255, (40, 60, 3), dtype=np.uint8))
    return folder


def fill(study, folder):
    """Everything, on four images, by five people."""
    import_images(study, [draw_pictures(folder)])
    _people(study)
    _certify(study)
    _offer_and_reveal(study)
    three = [study.grader(name) for name in GRADERS]
    assign(study, per_image=3, seed=4, due="2026-12-31", who="Zoe", graders=three)
    assign(study, per_image=4, who="Zoe")
    study.grader_leaves("Dan", "Zoe")
    study.grader_comes_back("Dan", "Zoe")
    _grade(study)
    _adjudicate(study)
    _retrain(study)
    split_patients(study, study.images(), {})
    give_repeats(study, days=0, share=1.0)
    repeated = study.session(study.image("p1_OS"), study.grader("Ben"))
    repeated.apply(SetGrade("dr", None, 3))
    return study


def _people(study):
    for name in ("Ada", "Ben", "Cleo", "Dan"):
        study.add_grader(name, passphrase="open sesame" if name == "Ada" else "")
    study.add_grader("Zoe", "adjudicator", who="Ada")
    study.change_role("Dan", "engineer", "Zoe")
    study.change_role("Dan", "grader", "Zoe")
    study.set_setting("required_grades", ["dr"], "Zoe")
    study.set_setting("required_grades", ["dr", "ppa"], "Zoe")


def _certify(study):
    disc = new_shape("OD", Ellipse(20, 20, 8, 9))
    known = Grading({disc.id: disc}, {"gradability": "good", "dr": 1})
    make_certification(study, "first", {"p3_OD": known}, {"dice OD": 0.5}, "Zoe")
    give_certification(study, "first", [study.grader("Ada"), study.grader("Ben")], who="Zoe")
    submit(study, "p3_OD", "Ada")


def _offer_and_reveal(study):
    image = study.image("p1_OD")
    origin = proposal_origin("disc", "ab" * 32)
    shapes = [Shape("OD", Ellipse(30 + n, 20, 8, 9), f"proposed-{n}", origin) for n in range(3)]
    cam = np.linspace(0, 1, 48, dtype=np.float32).reshape(6, 8)
    scores = {shape.id: 0.9 for shape in shapes}
    chances = {"dr": {0: 0.4, 1: 0.6}}
    cams = {"dr": cam, "dr=0": 1 - cam}
    offer = Proposal("disc", "ab" * 32, tuple(shapes), scores, {"dr": 1}, chances, {"vcdr": 0.4}, cams, 0.1)
    study.add_proposal(image, offer)
    session = study.session(image, study.grader("Cleo"))
    session.reveal()
    (stored,) = session.proposals()
    session.reject(stored, "proposed-0")
    session.apply(session.accept(stored, "proposed-1"))
    study.session(study.image("p1_OS"), study.grader("Ada")).reveal()  # shown, and given only later


def _grade(study):
    session = study.session(study.image("p1_OD"), study.grader("Ada"))
    first, second = (new_shape("MA", Ellipse(30 + n, 30, 2, 2)) for n in range(2))
    ring = new_shape("HaEx", Polygon(((5, 5), (9, 5), (9, 9))))
    session.apply(add_shapes(first, second, ring))
    session.apply(JointEdit((remove_shapes(first), add_shapes(first), SetAbsent("NV", True)), "Both"))
    session.undo()
    session.redo()
    session.apply(remove_shapes(second))
    session.undo()
    session.apply(SetComment("", "Blurred."))
    session.apply(SetGrade("ppa", None, True))
    session.undo()
    session.undo()
    session.redo()
    session.apply(SetAbsent("CWS", True))
    submit_all(study, "p1_OD", dr=(1, 2, 3), lesions=(50, None, None))
    submit_all(study, "p1_OS", dr=(1, 1, 1))
    submit(study, "p1_OD", "Cleo", dr=2)
    return_for_correction(study, study.image("p1_OS"), "Ben", "Look again.", study.grader("Zoe"))
    submit(study, "p1_OS", "Ben", dr=2, lesion=20)


def _adjudicate(study):
    run_vote(study, workers=1)
    image, zoe = study.image("p1_OD"), study.grader("Zoe")
    disputed = stored_outcome(study, image).items
    for item in disputed:
        for reason in ("an artefact", "dust"):
            decide(study, image, zoe, Decision(item.key, "drop", reason=reason))
    withdraw(study, image, zoe, disputed[0].key)
    tell_names_shown(study, image, zoe)
    session = study.session(study.image("p1_OS"), study.grader("Cleo"))
    session.reopen()
    run_vote(study, workers=1)  # it waits again
    submit_again(session)
    run_vote(study, workers=1)


def submit_again(session):
    session.apply(SetGrade("dr", session.grading.grades["dr"], 4))
    session.submit(complete=False)


def _retrain(study):
    weights = "5" * 64
    record_retraining(
        study, "Zoe", weights, {"model": "disc", "state": "held back", "reasons": ["Dice fell."]}
    )
    record_override(study, "Dan", weights, {"model": "disc", "reason": "It is better on our camera."})
