"""What models offered, as the study keeps it."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sqlalchemy import event, select

from retina_studio.domain.gist import gist_of
from retina_studio.domain.proposal import Proposal
from retina_studio.domain.shapes import Ellipse, Shape
from retina_studio.study.offered_forms import load_gist
from retina_studio.study.offers import images_with_proposal
from retina_studio.study.schema import AuditRow, GistRow, ProposalRow
from retina_studio.study.verify import study_problems


def shape(label, number):
    return Shape(label, Ellipse(10 + number, 20, 3, 4), f"{label}-{number}", "proposal:lesion:abababababab")


def offer(model="lesion", weights="ab" * 32, **changed):
    """One with a value of every kind that a grade can have."""
    ramp = np.linspace(0, 1, 48, dtype=np.float32).reshape(6, 8)
    shapes = (shape("MA", 0), shape("MA", 1), shape("HaEx", 2))
    parts = {
        "scores": {"MA-0": 0.5, "MA-1": 0.75, "HaEx-2": 1.0},
        "grades": {"dr": 2, "glaucoma": False, "oct": "normal"},
        "probabilities": {
            "dr": {0: 0.1, 1: 0.2, 2: 0.7},
            "glaucoma": {True: 0.25, False: 0.75},
            "oct": {"normal": 0.5, "CNV": np.float32(0.5)},
        },
        "measures": {"vcdr": 0.41, "fovea_peak": np.float32(0.5)},
        "cams": {"dr=2": ramp, "dr=0": ramp.T, "OD": np.zeros((1, 1), np.float32)},
        "seconds": 0.1,
    }
    return Proposal(model, weights, shapes, **{**parts, **changed})


def test_all_that_a_model_said_comes_back(peopled):
    image = peopled.image("p1_OD")
    said = offer()
    peopled.add_proposal(image, said)
    (kept,) = peopled.proposals_of(image)
    for name in (
        "model",
        "weights_hash",
        "shapes",
        "scores",
        "grades",
        "probabilities",
        "measures",
        "seconds",
    ):
        assert getattr(kept, name) == getattr(said, name), name
    assert {type(value) for value in kept.probabilities["glaucoma"]} == {bool}
    assert list(kept.cams) == ["dr=2", "dr=0", "OD"]
    for name, cam in said.cams.items():
        assert kept.cams[name].shape == cam.shape
        assert kept.cams[name].dtype == np.float32
        assert np.abs(kept.cams[name] - cam).max() <= 0.5 / 255 + 1e-6
    assert peopled.proposals_of(peopled.image("p2_OD")) == []
    assert study_problems(peopled) == []


def test_it_is_kept_in_short_too(peopled):
    said = offer()
    peopled.add_proposal(peopled.image("p1_OD"), said)
    with peopled.database.reading() as session:
        row = session.scalars(select(GistRow)).one()
    gist = load_gist(row.content)
    assert gist == gist_of(said)
    assert gist.labels == {"HaEx": (1, 0.0), "MA": (2, 0.75)}
    assert {type(value) for value in gist.probabilities["glaucoma"]} == {bool}


def test_a_map_that_cannot_be_read_is_left_out(peopled):
    image = peopled.image("p1_OD")
    number = peopled.add_proposal(image, offer())
    with peopled.database.transaction() as session:
        session.get_one(ProposalRow, number).cams = json.dumps({"dr=2": "", "OD": "AAAA"})
    (kept,) = peopled.proposals_of(image)
    assert (kept.cams, kept.cam) == ({}, None)
    assert any("cams was changed" in problem for problem in study_problems(peopled))


def test_one_row_whoever_offers_it_how_often(peopled):
    image = peopled.image("p1_OD")
    with ThreadPoolExecutor(4) as pool:
        numbers = set(pool.map(lambda _: peopled.add_proposal(image, offer()), range(12)))
    assert len(numbers) == 1
    with peopled.database.reading() as session:
        told = session.scalars(select(AuditRow).where(AuditRow.what == "propose")).all()
    assert len(told) == 1
    assert study_problems(peopled) == []


def test_which_images_a_model_was_asked_about(peopled):
    first, second, third = peopled.images()
    peopled.add_proposal(first, offer())
    peopled.add_proposal(second, Proposal("lesion", "ab" * 32, ()))
    peopled.add_proposal(third, offer(weights="cd" * 32))
    peopled.add_proposal(third, offer(model="disc"))
    assert peopled.images_with_proposal("lesion", "ab" * 32) == {first.id, second.id}
    assert peopled.images_with_proposal("lesion", "cd" * 32) == {third.id}
    assert peopled.images_with_proposal("oct", "ab" * 32) == frozenset()


def test_that_question_is_answered_from_an_index(peopled):
    if peopled.database.is_server:
        pytest.skip("a server chooses by how many rows there are")
    asked = []
    event.listen(
        peopled.database._reader, "before_cursor_execute", lambda *args: asked.append((args[2], args[3]))
    )
    images_with_proposal(peopled.database, "lesion", "ab" * 32)
    statement, values = asked[-1]
    with peopled.database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert "COVERING INDEX" in str(plan)
