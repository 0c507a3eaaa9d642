"""Whatever is changed, removed or put in outside the program is found."""

import hashlib
import json
from contextlib import contextmanager

import pytest
from full_study import fill
from sqlalchemy import UniqueConstraint, create_engine, func, select, text
from typer.testing import CliRunner

from retina_studio.cli import app
from retina_studio.study.audit import GENESIS
from retina_studio.study.checks.events import read_event
from retina_studio.study.checks.tables import NOT_TOLD, TABLES
from retina_studio.study.checks.trail import EVENTS
from retina_studio.study.schema import Base
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems

AT = Base.metadata.tables
COLUMNS = [f"{table.name}.{column.name}" for table in AT.values() for column in table.c]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def full(request, tmp_path_factory):
    """One study for all tests of this file: each puts back what it changed."""
    folder = tmp_path_factory.mktemp("full")
    url = None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        url = server.new_url()
    study = fill(Study.create(folder / "study", url), folder / "pictures")
    yield study
    study.close()
    if url:
        server.drop(url)


@contextmanager
def outside(study, *names):
    """A connection that no rule of the database binds; afterwards the named tables are as they were."""
    engine = create_engine(study.database.engine.url)
    tables = [AT[name] for name in names]
    with engine.connect() as connection:
        before = [connection.execute(select(table)).mappings().all() for table in tables]
    try:
        with engine.connect() as connection:
            _free(connection)
            yield connection
    finally:
        with engine.connect() as connection:
            _free(connection)
            for table, rows in zip(tables, before, strict=True):
                connection.execute(table.delete())
                connection.execute(table.insert(), [dict(row) for row in rows])
            connection.commit()
        engine.dispose()


def _free(connection):
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET session_replication_role = replica"))
        connection.commit()


def some_row(connection, table):
    """A row in the middle; of the assignments, one that was begun."""
    rows = connection.execute(select(table).order_by(*table.primary_key.columns)).mappings().all()
    if table.name == "assignment":
        rows = [row for row in rows if row["state"] == "submitted"]
    return rows[len(rows) // 2]


def this(table, row):
    return [column == row[column.name] for column in table.primary_key.columns]


def other(value, column):
    """Another value that the column takes."""
    if value is None:
        kind = column.type.python_type
        return {str: "x", bytes: b"x"}.get(kind, 1)
    if isinstance(value, bool):
        return not value
    if isinstance(value, bytes):
        return value + b"x"
    if isinstance(value, str):
        return value[:-1] + ("y" if value.endswith("x") else "x")
    return value + 1000


def test_everything_happened_in_it_and_it_is_whole(full):
    assert study_problems(full) == []
    with full.database.reading() as session:
        audit = AT["audit"].c
        rows = session.execute(select(audit.id, audit.who, audit.what, audit.subject, audit.detail)).all()
        empty = [
            name for name, table in AT.items() if not session.scalar(select(func.count()).select_from(table))
        ]
    assert {read_event(*row).kind for row in rows} == EVENTS.keys()
    assert empty == []


def test_every_table_is_checked():
    assert {check.name for check in TABLES} | {"audit"} == AT.keys()
    assert NOT_TOLD.keys() <= set(COLUMNS)


@pytest.mark.parametrize(
    "full", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True, scope="module"
)
@pytest.mark.parametrize("place", [place for place in COLUMNS if place not in NOT_TOLD])
def test_every_changed_value_is_found(full, place):
    name, _, column = place.partition(".")
    table = AT[name]
    with outside(full, name) as connection:
        row = some_row(connection, table)
        value = other(row[column], table.c[column])
        connection.execute(table.update().where(*this(table, row)).values({column: value}))
        connection.commit()
        problems = study_problems(full)
    assert problems
    assert "outside the program" in problems[0] or name in {"audit", "study"} or column in {"sha256", "file"}


@pytest.mark.parametrize("name", AT)
def test_every_removed_row_is_found(full, name):
    table = AT[name]
    with outside(full, name) as connection:
        row = some_row(connection, table)
        connection.execute(table.delete().where(*this(table, row)))
        connection.commit()
        problems = study_problems(full)
    assert problems
    assert "removed" in problems[0]


@pytest.mark.parametrize("name", AT)
def test_every_row_that_is_put_in_is_found(full, name):
    table = AT[name]
    lone = {column.name for column in table.primary_key.columns[-1:]} | set(_unique(table))
    with outside(full, name) as connection:
        row = dict(some_row(connection, table))
        for column in lone:
            row[column] = None if column == "token" else other(row[column], table.c[column])
        connection.execute(table.insert(), row)
        connection.commit()
        problems = study_problems(full)
    assert problems
    assert "put in" in " ".join(problems) or name in {"audit", "study"}


def _unique(table):
    """Columns that no two rows may share, one of each constraint."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield list(constraint.columns)[-1].name
    for index in table.indexes:
        if index.unique:
            yield list(index.columns)[-1].name


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (
            "UPDATE audit SET who = 'Mallory' WHERE id = 30",
            "Audit row 30 (* by Mallory at *) was changed or moved",
        ),
        (
            "DELETE FROM audit WHERE id = 30",
            "Audit row 31 (* was changed or moved, or one before it removed.",
        ),
        ("DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)", "The last audit rows were removed"),
        (
            "UPDATE audit SET id = CASE id WHEN 30 THEN -31 ELSE -30 END WHERE id IN (30, 31)",
            "Audit row -31 (",
        ),
        ("DELETE FROM audit", "The last audit rows were removed"),
    ],
)
def test_the_first_audit_row_that_does_not_fit_is_named(full, statement, sentence):
    with outside(full, "audit") as connection:
        connection.execute(text(statement))
        connection.commit()
        first, last = study_problems(full)
    place = 0
    for part in sentence.split("*"):
        assert part in first[place:]
        place = first.index(part, place)
    assert "not compared" in last


def test_two_audit_rows_that_changed_places_are_found(full):
    with outside(full, "audit") as connection:
        for old, new in ((30, 9999), (31, 30), (9999, 31)):
            connection.execute(text("UPDATE audit SET id = :new WHERE id = :old"), {"old": old, "new": new})
        connection.commit()
        assert study_problems(full)[0].startswith("Audit row 30 (")


def test_a_trail_that_was_cut_and_sealed_again_tells_of_too_little(full):
    with outside(full, "audit", "study") as connection:
        audit = AT["audit"]
        last = connection.scalar(select(func.max(audit.c.id)))
        connection.execute(audit.delete().where(audit.c.id == last))
        reseal(connection)
        problems = study_problems(full)
    added = [problem for problem in problems if "was put in" in problem]
    assert [problem.split("(table ")[1] for problem in added] == ["grading).", "edit)."]
    assert any("assignment of p1_OS to Ben: state was changed from 'open'" in problem for problem in problems)


def reseal(connection, change=lambda what, detail: None):
    """Make all hashes anew, as somebody would who knows how."""
    audit, head = AT["audit"], GENESIS
    for row in connection.execute(select(audit).order_by(audit.c.id)).mappings().all():
        detail = json.loads(row["detail"])
        change(row["what"], detail)
        form = {**row, "detail": json.dumps(detail, sort_keys=True)}
        content = [head, *(form[key] for key in ("at", "who", "what", "subject", "detail"))]
        head = hashlib.sha256(json.dumps(content).encode()).hexdigest()
        values = {"hash": head, "detail": form["detail"]}
        connection.execute(audit.update().where(audit.c.id == row["id"]).values(values))
    connection.execute(AT["study"].update().values(audit_head=head))
    connection.commit()


def older(what, detail):
    """Take out what trails of older versions do not tell."""
    for key in ("started", "seconds", "pseudonym_key"):
        if key != "started" or (
            what != "reveal" and detail.get(key, {}).get("round") == 0
        ):  # they knew neither
            detail.pop(key, None)
    if what in {"create", "reopen", "return", "propose"}:
        del detail["created"]
    if what == "propose":
        del detail["sha256"]
    if what == "create":
        detail.pop("id")
    if what == "import":
        kept = ("name", "sha256", "modality", "eye", "patient")
        for key in detail.keys() - set(kept):
            del detail[key]


def test_a_trail_of_an_older_version_is_enough_for_what_it_tells(full):
    shape = AT["shape"]
    with outside(full, "audit", "study", "shape") as connection:
        reseal(connection, older)
        assert study_problems(full) == []
        row = some_row(connection, shape)
        connection.execute(shape.update().where(*this(shape, row)).values(form=row["form"].replace("0", "1")))
        connection.commit()
        assert any("form was changed" in p for p in study_problems(full))


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (
            "UPDATE image SET width = 61 WHERE name = 'p1_OD'",
            "Image p1_OD: width was changed from 60 to 61 outside the program (table image, audit row *).",
        ),
        (
            "UPDATE grader SET role = 'engineer' WHERE name = 'Ben'",
            "Grader Ben: role was changed from 'grader' to 'engineer' outside the program (table grader, audit row *).",
        ),
        (
            "DELETE FROM shape WHERE label = 'HaEx' AND grading_id IN (SELECT grading.id FROM grading JOIN assignment "
            "ON assignment.id = assignment_id JOIN image ON image.id = image_id WHERE image.name = 'p1_OD')",
            "A shape HaEx of Ada's grading of p1_OD (version 1): the row was removed outside the program "
            "(table shape, audit row *).",
        ),
        (
            "INSERT INTO patient_split VALUES ('P-0', 'test', '2026')",
            "The split of patient P-0: the row was put in outside the program, no audit row tells of it "
            "(table patient_split).",
        ),
    ],
)
def test_the_sentence_names_the_row_in_words(full, statement, sentence):
    with outside(full, "image", "grader", "shape", "patient_split") as connection:
        connection.execute(text(statement))
        connection.commit()
        (found,) = study_problems(full)
    start, _, end = sentence.partition("*")
    assert found.startswith(start)
    assert found.endswith(end)


def test_many_problems_of_a_table_are_counted(full):
    with outside(full, "audit", "edit") as connection:
        connection.execute(text("DELETE FROM edit"))
        connection.commit()
        problems = study_problems(full)
    assert len(problems) == 21
    assert problems[-1].startswith("The table edit has ")


def test_an_event_that_nobody_knows_is_told(full):
    with outside(full, "audit", "study") as connection:
        connection.execute(text("UPDATE audit SET what = 'conjure' WHERE id = 1"))
        reseal(connection)
        problems = study_problems(full)
    assert problems[0].startswith("Audit row 1 (conjure by system, study) cannot be understood")


def test_progress_reaches_the_end_and_can_stop(full):
    calls = []
    assert study_problems(full, lambda done, total: calls.append((done, total)) or True) == []
    assert calls[-1][0] == calls[-1][1]
    assert all(done <= total for done, total in calls)
    assert "stopped" in study_problems(full, lambda done, total: False)[-1]


def test_the_command(full):
    run = CliRunner().invoke
    assert "is whole" in run(app, ["verify", str(full.folder)]).output
    with outside(full, "image") as connection:
        connection.execute(text("UPDATE image SET eye = 'OS' WHERE name = 'p1_OD'"))
        connection.commit()
        failed = run(app, ["verify", str(full.folder)])
    assert failed.exit_code == 1
    assert "Image p1_OD: eye was changed" in failed.output
