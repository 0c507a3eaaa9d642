import json

import pytest
from sqlalchemy import select

from retina_studio.cli import main
from retina_studio.domain.errors import RetinaError
from retina_studio.study.schema import AuditRow
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems

VIEWS = {"fundus": "red_free", "oct": "denoised"}


def test_a_setting_is_kept_and_audited(study):
    assert study.setting("required_grades", ["dr"]) == ["dr"]
    study.set_setting("required_grades", ["dr", "ppa"], "Ada")
    study.set_setting("required_grades", ["ppa"], "Ben")
    study.set_setting("required_grades", ["ppa"], "Ben")
    study.set_setting("default_view", VIEWS, "Ada")
    with Study.open(study.folder) as again:
        assert again.settings() == {"required_grades": ["ppa"], "default_view": VIEWS}
    with study.database.reading() as session:
        rows = session.execute(select(AuditRow.who, AuditRow.detail).where(AuditRow.what == "set")).all()
    assert [who for who, _ in rows] == ["Ada", "Ben", "Ada"]
    assert json.loads(rows[1][1]) == {"before": ["dr", "ppa"], "value": ["ppa"]}
    assert study_problems(study) == []


BAD = [
    ("colour", "x", "no setting 'colour'"),
    ("required_grades", "dr", "list of scale codes"),
    ("required_grades", ["dr", 3], "list of scale codes"),
    ("required_grades", ["dx"], "no grade 'dx'"),
    ("required_grades", ["dr", "dr"], "twice"),
    ("default_view", ["colour"], "either or both"),
    ("assignment", "random", "'free' or 'assigned'"),
    ("assignment_seed", True, "whole number"),
    ("assignment_seed", -1, "whole number"),
    ("certification_required", "yes", "true or false"),
    ("vote", 3, "table of rules"),
    ("vote", {"graderz": 3}, "graderz"),
    ("default_view", {"fundus": "denoised"}, "no view of fundus"),
    ("default_view", {"mri": "grey"}, "either or both"),
]


@pytest.mark.parametrize(("key", "value", "words"), BAD)
def test_what_nobody_would_understand_is_refused(study, key, value, words):
    with pytest.raises(RetinaError, match=words):
        study.set_setting(key, value, "Ada")
    assert study.settings() == {}


def command(capsys, *arguments):
    with pytest.raises(SystemExit) as end:
        main(["settings", *map(str, arguments)])
    said = capsys.readouterr()
    return end.value.code or 0, said.out, said.err


def test_the_command_shows_and_sets(study, capsys):
    assert "required_grades = not set" in command(capsys, study.folder)[1]
    code, out, _ = command(capsys, study.folder, "set", "required_grades", "dr, ppa")
    assert (code, out.strip()) == (0, 'required_grades = ["dr", "ppa"]')
    assert command(capsys, study.folder, "set", "default_view", json.dumps(VIEWS))[0] == 0
    assert study.setting("default_view") == VIEWS
    assert '["dr", "ppa"]' in command(capsys, study.folder, "show")[1]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("colour", "1"),
        ("colour", "red"),
        ("required_grades", "dx"),
        ("default_view", "grey"),
        ("default_view", "3"),
    ],
)
def test_the_command_refuses_in_one_sentence(study, capsys, key, value):
    code, out, err = command(capsys, study.folder, "set", key, value)
    assert (code, out) == (2, "")
    assert err.strip().count("\n") == 0
    assert study.settings() == {}


def test_an_unknown_setting_is_told_before_its_value(study, capsys):
    assert (
        "there are: required_grades, default_view" in command(capsys, study.folder, "set", "colour", "red")[2]
    )


def test_the_protocols_settings(study, capsys):
    assert (
        command(capsys, study.folder, "set", "assignment", "assigned")[1].strip() == 'assignment = "assigned"'
    )
    assert command(capsys, study.folder, "set", "certification_required", "true")[0] == 0
    assert command(capsys, study.folder, "set", "vote", '{"graders": 2, "anatomy": "staple"}')[0] == 0
    assert study.settings() == {
        "assignment": "assigned",
        "certification_required": True,
        "vote": {"graders": 2, "anatomy": "staple"},
    }
