import json

import pytest
from sqlalchemy import select

from retina_studio.cli import main
from retina_studio.domain.edits import SetGrade
from retina_studio.domain.errors import RetinaError
from retina_studio.study import people
from retina_studio.study.assigning import assign
from retina_studio.study.audit import chain_problems
from retina_studio.study.records import require_role
from retina_studio.study.schema import AuditRow, GraderRow


def events(study, what):
    with study.database.reading() as session:
        assert chain_problems(session) == []
        rows = session.execute(select(AuditRow.who, AuditRow.detail).where(AuditRow.what == what)).all()
    return [(who, json.loads(detail)) for who, detail in rows]


@pytest.fixture(autouse=True)
def _cheap_passphrases(monkeypatch, request):
    """A thousandth of the real cost, but for the test that looks at it."""
    if "salted" not in request.node.name:
        monkeypatch.setattr(people, "_COST", 2**4)


def test_a_passphrase_is_kept_as_a_salted_hash_and_checked(study):
    ada = study.add_grader("Ada", "grader", "correct horse")
    study.add_grader("Ben", "grader", "correct horse")
    assert ada.has_passphrase
    assert study.check_passphrase(ada, "correct horse")
    assert not study.check_passphrase(ada, "correct horse ")
    assert not study.check_passphrase(ada, "")
    with study.database.reading() as session:
        first, second = session.scalars(select(GraderRow.passphrase))
        trail = "".join(session.scalars(select(AuditRow.detail)))
    assert first != second
    assert first.startswith("scrypt$32768$8$1$")
    assert "correct" not in first + trail
    assert first not in trail


def test_letters_typed_in_another_way_are_the_same_passphrase(study):
    zoe = study.add_grader("Zoë", "grader", "caf\u00e9")
    assert study.check_passphrase(zoe, "cafe\u0301")


def test_a_passphrase_is_changed_and_taken_away(study):
    study.add_grader("Ada", "grader", "old")
    ada = study.set_passphrase("Ada", "new", "Eve")
    assert not study.check_passphrase(ada, "old")
    assert study.check_passphrase(ada, "new")
    ada = study.set_passphrase("Ada", "", "Eve")
    assert not ada.has_passphrase
    assert study.check_passphrase(ada, "anything")
    ((who, set_), (_, removed)) = events(study, "change grader")
    assert who == "Eve"
    assert set_["before"].keys() == set_["after"].keys() == {"passphrase"}
    assert removed["after"] == {"passphrase": ""}


def test_a_role_is_changed_with_who_did_it(study):
    study.add_grader("Ada", who="Eve")
    assert study.change_role("Ada", "adjudicator", "Eve").role == "adjudicator"
    study.change_role("Ada", "adjudicator", "Eve")
    assert events(study, "add grader")[0][0] == "Eve"
    assert events(study, "change grader") == [
        ("Eve", {"before": {"role": "grader"}, "after": {"role": "adjudicator"}})
    ]
    with pytest.raises(RetinaError, match="not a role"):
        study.change_role("Ada", "boss", "Eve")
    with pytest.raises(RetinaError, match="no grader 'Bob'"):
        study.change_role("Bob", "grader", "Eve")


def test_who_leaves_keeps_what_was_begun_and_gives_back_the_rest(peopled):
    assign(peopled)
    begun = peopled.session(peopled.image("p1_OD"), peopled.grader("Ada"))
    begun.apply(SetGrade("dr", None, 1))
    ada = peopled.grader_leaves("Ada", "Eve")
    assert not ada.active
    assert [grader.active for grader in peopled.graders()] == [False, True, True]
    assert [(entry.image.name, entry.state) for entry in peopled.worklist(ada)] == [("p1_OD", "in progress")]
    assert len(events(peopled, "withdraw")) == 2
    with pytest.raises(RetinaError, match="left this study"):
        peopled.session(peopled.image("p1_OD"), ada).apply(SetGrade("dr", 1, 2))
    with pytest.raises(RetinaError, match="left already"):
        peopled.grader_leaves("Ada", "Eve")
    with pytest.raises(RetinaError, match="bring Ada back"):
        peopled.add_grader("Ada")
    assert peopled.grader_comes_back("Ada", "Eve").active
    with pytest.raises(RetinaError, match="is in this study"):
        peopled.grader_comes_back("Ada", "Eve")


def test_only_some_roles_may(study):
    ada = study.add_grader("Ada")
    eve = study.add_grader("Eve", "engineer")
    require_role(eve, "adjudicator", "engineer")
    with pytest.raises(RetinaError, match="Only an adjudicator or an engineer may do this: Ada is a grader"):
        require_role(ada, "adjudicator", "engineer")
    with pytest.raises(RetinaError, match="has left"):
        require_role(study.grader_leaves("Eve", "Ada"), "engineer")


def command(capsys, study, *arguments):
    with pytest.raises(SystemExit) as end:
        main(["graders", str(study.folder), *arguments])
    said = capsys.readouterr()
    return end.value.code or 0, said.out, said.err


def test_the_commands(study, capsys, monkeypatch, tmp_path):
    assert command(capsys, study, "add", "Ada")[0] == 0
    assert command(capsys, study, "role", "Ada", "engineer")[1] == "Ada is engineer now.\n"
    secret = tmp_path / "secret"
    secret.write_text("a b c\n")
    with secret.open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        assert command(capsys, study, "passphrase", "Ada", "--stdin")[0] == 0
        code, _, err = command(capsys, study, "passphrase", "Ada")
        assert (code, err.count("\n")) == (2, 1)
    assert study.check_passphrase(study.grader("Ada"), "a b c")
    assert command(capsys, study, "leave", "Ada")[0] == 0
    assert command(capsys, study)[1] == "Ada  (engineer, passphrase, left)\n"
    assert command(capsys, study, "back", "Ada")[0] == 0
    assert command(capsys, study, "list")[1] == "Ada  (engineer, passphrase)\n"


def test_a_window_open_since_before_somebody_left_submits_nothing(peopled):
    session = peopled.session(peopled.image("p1_OD"), peopled.grader("Ada"))
    session.apply(SetGrade("gradability", None, "good"))
    peopled.grader_leaves("Ada", "Eve")
    with pytest.raises(RetinaError, match="has left"):
        session.submit(complete=False)
    assert peopled.session(session.image, session.grader).state == "in progress"
