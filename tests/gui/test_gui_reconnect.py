"""The study's server goes away while a grader draws: the window works on, says so, and sends everything later."""

import psycopg
import pytest
from drawn_images import draw_images
from PySide6.QtCore import Qt
from sqlalchemy import make_url

from retina_studio.domain.edits import SetGrade
from retina_studio.study.importing import import_images
from retina_studio.study.study import Study
from retina_studio.study.verify import study_problems

CTRL = Qt.KeyboardModifier.ControlModifier


class Door:
    """Lets nobody into a database any more, and throws out who is in; or lets them in again."""

    def __init__(self, url, name):
        self._admin = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        self._name = name

    def shut(self):
        self._admin.execute(f"ALTER DATABASE {self._name} WITH ALLOW_CONNECTIONS false")
        self._admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (self._name,)
        )

    def open(self):
        self._admin.execute(f"ALTER DATABASE {self._name} WITH ALLOW_CONNECTIONS true")

    def close(self):
        self.open()
        self._admin.close()


@pytest.fixture
def study_url(postgres_url):
    return postgres_url


@pytest.fixture
def door(postgres, postgres_url):
    made = Door(postgres.server.url(), make_url(postgres_url).database)
    yield made
    made.close()


@pytest.fixture
def full_study(study, tmp_path):
    """On PostgreSQL, in place of the other windows' study."""
    import_images(study, [draw_images(tmp_path / "fundus", ["a_OS", "b_OD"])])
    study.add_grader("Chen")
    return study


def draw(hand, x):
    hand.tool("ellipse", "MA")
    hand.drag((x, 80), (x + 20, 95))


def test_a_grader_draws_on_while_the_server_is_gone(full_study, hand, door, qtbot):
    hand.open("a_OS")
    window = hand.window
    draw(hand, 40)
    door.shut()
    draw(hand, 80)
    draw(hand, 120)
    assert window.document.saved_text == "2 edits wait for the server"
    assert "kept on this computer" in window.banner.text.text()
    hand.key(Qt.Key.Key_Z, CTRL)
    assert len(hand.shapes) == 2
    hand.key(Qt.Key.Key_Z, CTRL)
    assert len(hand.shapes) == 1
    hand.key(Qt.Key.Key_Z, CTRL)  # made before the server went: not now
    assert len(hand.shapes) == 1
    qtbot.waitUntil(lambda: window.document.undo_stack.index() == 1, timeout=2000)
    draw(hand, 160)
    assert window.document.unsent == 5
    door.open()
    qtbot.waitUntil(lambda: window.document.unsent == 0, timeout=8000)
    assert window.document.saved_text.startswith("Saved")
    qtbot.waitUntil(lambda: not window.banner.isVisible())
    hand.key(Qt.Key.Key_Z, CTRL)
    hand.key(Qt.Key.Key_Z, CTRL)
    assert hand.shapes == []
    with Study.open(full_study.folder) as other:
        session = other.session(other.image("a_OS"), other.grader("Chen"))
        assert len(session.history()) == 2
    assert study_problems(full_study) == []


def test_what_somebody_else_made_meanwhile_is_shown_and_nothing_lost(full_study, hand, door, qtbot):
    hand.open("a_OS")
    window = hand.window
    draw(hand, 40)
    door.shut()
    draw(hand, 80)
    window.document._retry.stop()
    door.open()
    with Study.open(full_study.folder) as other:
        other.session(other.image("a_OS"), other.grader("Chen")).apply(SetGrade("dr", None, 3))
    with qtbot.waitSignal(window.document.failed, timeout=8000) as told:
        window.document.send_waiting()
    assert "an edit of yours waited" in told.args[0]
    assert window.document.grading.grades == {"dr": 3}
    assert len(hand.shapes) == 1
    assert "an edit of yours waited" in window.banner.text.text()
    draw(hand, 120)
    assert window.document.saved_text.startswith("Saved")
    assert study_problems(full_study) == []
