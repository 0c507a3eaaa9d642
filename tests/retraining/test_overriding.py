"""A person answers for weights that the gate held back; and what the command line refuses."""

import json

import pytest
from sqlalchemy import select
from tiny_weights import tiny_weights

from retina_studio.cli import main
from retina_studio.study.schema import AuditRow
from retina_studio.study.verify import study_problems


def call(capsys, *arguments, code=0):
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    told = capsys.readouterr()
    assert (end.value.code or 0) == code, told.err
    return told.err if code else told.out


def test_only_an_engineer_with_a_reason_overrides_and_the_trail_keeps_it(study, registry, tmp_path, capsys):
    study.add_grader("Ada")
    study.add_grader("Eva", "engineer")
    tiny_weights(tmp_path / "new.safetensors", 0.6)
    candidate = registry.add(tmp_path / "new.safetensors", "Eva").hash
    command = ("weights", "override", study.folder, "disc", candidate)
    assert "Only an engineer" in call(capsys, *command, "--as", "Ada", "--reason", "better", code=2)
    assert "no grader 'Otto'" in call(capsys, *command, "--as", "Otto", "--reason", "better", code=2)
    assert "Say why" in call(capsys, *command, "--as", "Eva", "--reason", " ", code=2)
    assert "at most 500" in call(capsys, *command, "--as", "Eva", "--reason", "x" * 501, code=2)
    assert registry.version("disc", candidate).state == "candidate"
    before = registry.version("disc", "current").hash
    assert "Eva answers for it" in call(capsys, *command, "--as", "Eva", "--reason", "Better on our camera.")
    assert registry.version("disc", "current").hash == candidate
    assert "already" in call(capsys, *command, "--as", "Eva", "--reason", "once more", code=2)
    with study.database.reading() as session:
        (row,) = session.scalars(select(AuditRow).where(AuditRow.what == "override gate")).all()
    assert (row.who, row.subject) == ("Eva", f"weights:{candidate}")
    expected = {"model": "disc", "before": before, "reason": "Better on our camera.", "gate": None}
    assert json.loads(row.detail) == expected
    assert study_problems(study) == []


def test_retrain_says_what_it_would_do_and_why_it_cannot(study, registry, capsys):
    plan = json.loads(call(capsys, "retrain", study.folder, "--plan", "--json"))["plan"]
    assert [model["stem"] for model in plan["models"]] == ["ppa", "lesion", "glaucoma", "disc", "oct"]
    assert "grew enough" in call(capsys, "retrain", study.folder, "--yes", code=2)
    words = call(capsys, "retrain", study.folder, "--models", "disc", "--yes", code=2)
    assert "disc cannot be retrained: No settled image" in words
