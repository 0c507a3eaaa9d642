"""Reports and the log: private, turned over, without a name or a path; and the mark that a hard crash leaves."""

import logging
import signal
import stat
import subprocess
import sys
import textwrap

import pytest

from retina_studio import crash, logs
from retina_studio.private_text import conceal, reveal, shortened, without_identity


@pytest.fixture
def names():
    given = ["IMG_0042", "Dr Amara", "Clinic South", "a"]

    def give():
        return given

    conceal(give)
    yield given
    reveal(give)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def broken(words):
    try:
        raise ValueError(words)
    except ValueError as error:
        return error


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/home/ada/Mrs Smith/left eye.png cannot be read", "… … cannot be read"),
        (r"C:\Users\ada\Mrs Smith\scan.dcm: no pixels", "…: no pixels"),
        ("'/srv/clinic/Smith, Ann.jpg' is gone", '"…" is gone'),
        ("smith_ann.PNG is no picture", "… is no picture"),
        ('File "/opt/x/lib/retina_studio/gui/app.py", line 3', 'File "retina_studio/gui/app.py", line 3'),
        ("/usr/lib/python3.11/threading.py", "threading.py"),
        ("IMG_0042 of Dr Amara in Clinic South", "… of … in …"),
        ("a ratio of 3 / 4, and/or nothing", "a ratio of 3 / 4, and/or nothing"),
    ],
)
def test_no_path_and_no_name_is_left(names, text, said):
    assert without_identity(text) == said


def test_the_log_is_private_and_says_no_names(names):
    with logs.kept():
        logging.getLogger("retina_studio.study").warning("IMG_0042: /home/ada/x.png\nis gone")
        logging.getLogger("retina_studio").debug("too small to keep")
    assert mode(logs.log_file()) == 0o600
    assert mode(logs.folder()) == 0o700
    (entry,) = logs.newest()
    assert (entry.level, entry.source, entry.text) == ("WARNING", "retina_studio.study", "…: …\nis gone")
    assert logs.newest("ERROR") == []


def test_the_log_is_turned_over_and_read_across_the_turn(monkeypatch):
    monkeypatch.setattr(logs, "_SIZE", 2000)
    with logs.kept():
        for number in range(100):
            logging.getLogger("retina_studio").info("entry %d", number)
    files = sorted(logs.folder().iterdir())
    assert len(files) == 3
    assert {mode(file) for file in files} == {0o600}
    numbers = [int(entry.text.split()[1]) for entry in logs.newest()]
    assert numbers == list(range(numbers[0], 100))
    assert len(numbers) > 2000 / 60


def test_a_report_has_versions_where_it_broke_and_the_log(names):
    with logs.kept():
        logging.getLogger("retina_studio").info("before it broke")
        path = crash.report(broken("IMG_0042 in /data/Smith/x.png"))
    text = path.read_text()
    assert mode(path) == 0o600
    assert "Retina Studio" in text
    assert "before it broke" in text
    assert "in broken" in text
    assert "ValueError: … in …" in text
    assert "IMG_0042" not in text


def test_only_the_last_reports_are_kept():
    made = [crash.report(broken(str(number))) for number in range(12)]
    assert crash.reports() == made[:-11:-1]


def test_a_disk_that_takes_nothing_gives_no_report(monkeypatch):
    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(crash, "_private", full)
    assert crash.report(broken("x")) is None


def test_a_run_that_ends_well_leaves_nothing():
    run = crash.Run()
    assert crash.ended_badly() is None  # it runs
    run.end()
    assert crash.ended_badly() is None
    assert list(logs.folder().iterdir()) == []


def process(body):
    """A run of the application in another process, which ends as its body says."""
    script = "from retina_studio import crash\nimport os, faulthandler, signal, sys\nrun = crash.Run()\n"
    return subprocess.run(
        [sys.executable, "-c", script + textwrap.dedent(body)], capture_output=True, timeout=60, check=False
    )


def test_a_hard_crash_is_told_once_at_the_next_start():
    done = process("os.kill(os.getpid(), signal.SIGSEGV)")
    assert done.returncode == -signal.SIGSEGV
    ended = crash.ended_badly()
    text = ended.report.read_text()
    assert "Segmentation fault" in text
    assert mode(ended.report) == 0o600
    assert crash.ended_badly() is None


def test_a_kill_is_told_without_a_report():
    assert process("os.kill(os.getpid(), signal.SIGKILL)").returncode == -signal.SIGKILL
    assert crash.ended_badly() == crash.Ended(None)
    assert crash.ended_badly() is None


def test_of_code_the_place_below_the_package_stays():
    assert shortened("/a/site-packages/torch/nn.py") == "site-packages/torch/nn.py"
    assert shortened("/home/ada/secret/x.txt") == "…"
