import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QObject

from retina_studio.gui.collecting import GarbageCollector, collect_due


class Loop:
    def __init__(self, freed):
        self.own = self
        weakref.finalize(self, lambda: freed.append(threading.current_thread()))


@pytest.fixture
def as_python_does():
    was = gc.isenabled(), gc.get_threshold()
    gc.enable()
    yield
    gc.set_threshold(*was[1])
    (gc.enable if was[0] else gc.disable)()


def test_what_a_worker_would_free_the_gui_thread_frees(qtbot, as_python_does):
    freed, parent = [], QObject()
    collector = GarbageCollector(parent)
    gc.set_threshold(50, 10, 10)
    Loop(freed)
    worker = threading.Thread(target=lambda: [[] for _ in range(100_000)])
    worker.start()
    worker.join()
    assert freed == []
    kept = [[] for _ in range(1_000)]
    qtbot.waitUntil(lambda: bool(freed), timeout=5_000)
    assert freed == [threading.main_thread()]
    assert len(kept) == 1_000
    collector.close()
    assert gc.isenabled()


def test_nothing_is_collected_before_it_is_due(as_python_does):
    gc.disable()
    gc.collect()
    gc.set_threshold(1_000_000, 10, 10)
    freed = []
    Loop(freed)
    collect_due()
    assert freed == []
    gc.set_threshold(1, 10, 10)
    kept = [[] for _ in range(10)]
    collect_due()
    assert len(freed) == 1
    assert len(kept) == 10
