"""What must not be in the code, and who may read what it writes."""

import ast
import logging
import os
import stat
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from retina_studio import logs
from retina_studio.domain.errors import RetinaError
from retina_studio.study.backup import backup
from retina_studio.study.database import Database
from retina_studio.study.importing import import_images
from retina_studio.study.place import read_place
from retina_studio.study.study import Study

ROOT = Path(__file__).resolve().parents[1]
FILES = [path for room in ("retina_studio", "training", "installer") for path in (ROOT / room).rglob("*.py")]
FORBIDDEN_MODULES = {
    "pickle",
    "cPickle",
    "dill",
    "shelve",
    "marshal",
    "joblib",
    "cloudpickle",
    "telnetlib",
    "ftplib",
}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__"}


def faults(tree):
    """What code must not do, each with its line: programs from data, shells, and readers that run what they read."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            yield from ((node.lineno, name) for name in names if name.partition(".")[0] in FORBIDDEN_MODULES)
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            options = {keyword.arg: keyword.value for keyword in node.keywords}
            if called in FORBIDDEN_CALLS or called in {
                "os.system",
                "os.popen",
                "subprocess.getoutput",
                "yaml.load",
            }:
                yield node.lineno, called
            if "shell" in options:
                yield node.lineno, "shell"
            if (
                called == "torch.load"
                and ast.unparse(options.get("weights_only", ast.Constant(None))) != "True"
            ):
                yield node.lineno, "torch.load"
            if called.endswith("np.load") and "allow_pickle" in options:
                yield node.lineno, "allow_pickle"


def test_no_pickle_no_eval_no_shell():
    assert len(FILES) > 300
    found = [
        (str(path.relative_to(ROOT)), *fault)
        for path in FILES
        for fault in faults(ast.parse(path.read_text()))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from pickle import loads",
        "eval(text)",
        "subprocess.run(text, shell=True)",
        "os.system(text)",
        "torch.load(file)",
        "torch.load(file, weights_only=False)",
        "np.load(file, allow_pickle=True)",
    ],
)
def test_the_rule_finds_what_it_forbids(code):
    assert list(faults(ast.parse(code)))


def test_bandit_finds_nothing():
    """Exceptions stand in pyproject.toml, each with its reason."""
    pytest.importorskip("bandit")
    command = [
        sys.executable,
        "-m",
        "bandit",
        "-q",
        "-r",
        "-c",
        "pyproject.toml",
        "retina_studio",
        "training",
        "installer",
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-4000:]


def test_a_password_is_neither_said_nor_logged_nor_stored(tmp_path, caplog):
    """A server that is not there: the URL with its password is in no sentence, log or file."""
    secret = "correct-horse"  # noqa: S105 - of nobody
    url = f"postgresql+psycopg://ada:{secret}@127.0.0.1:1/retina?connect_timeout=1"
    said = []
    with caplog.at_level(logging.DEBUG):
        for work in (
            lambda: Study.create(tmp_path / "a", url),
            lambda: Study.join(tmp_path / "b", url),
            lambda: Database(url).revision(),
        ):
            with pytest.raises(RetinaError) as refusal:
                work()
            said.append(str(refusal.value) + repr(refusal.value))
    assert secret not in "".join(said) + caplog.text + repr(Database(url).engine)
    assert all(secret.encode() not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_study_file_with_a_password_is_refused_without_saying_it(tmp_path):
    (tmp_path / "study.toml").write_text('format = 1\nurl = "postgresql://ada:correct-horse@host/retina"\n')
    with pytest.raises(RetinaError, match="holds a password") as refusal:
        read_place(tmp_path)
    assert "correct-horse" not in str(refusal.value)


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_what_holds_patients_or_graders_is_its_owners_alone(tmp_path, monkeypatch):
    """Study, backup and logs, whatever the umask; what is exported or curated is for others, and follows the umask."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "own"))
    cv2.imwrite(str(tmp_path / "eye.png"), np.full((40, 60, 3), 90, np.uint8))
    before = os.umask(0)
    try:
        with Study.create(tmp_path / "study") as study:
            import_images(study, [tmp_path / "eye.png"])
            study.add_grader("Ada")
            backup(study, tmp_path / "backup")
            open_for_others = [path for name in ("study", "backup") for path in others_may(tmp_path / name)]
        with logs.kept():
            open_for_others += others_may(tmp_path / "own" / "retina-studio")
    finally:
        os.umask(before)
    assert open_for_others == []


def others_may(folder):
    """What in a folder, and the folder itself, anybody but the owner may use."""
    paths = [folder, *folder.rglob("*")]
    return [f"{path} {stat.filemode(path.stat().st_mode)}" for path in paths if path.stat().st_mode & 0o077]
