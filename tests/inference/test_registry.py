"""Which file a model runs with, and what may become of a version."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_weights import tiny_weights

from retina_studio import paths
from retina_studio.domain.errors import RetinaError
from retina_studio.inference.registry import Registry, find_weights


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    folder = tmp_path / "resources"
    (folder / "weights").mkdir(parents=True)
    monkeypatch.setattr(paths, "resources", lambda: folder)
    monkeypatch.setattr(paths, "shipped_weights", lambda: folder / "weights")
    return folder / "weights"


@pytest.fixture
def three(tmp_path, shipped):
    """A registry with shipped weights and two candidates, and their hashes."""
    first = tiny_weights(shipped / "disc.safetensors", 0.4)
    registry = Registry()
    hashes = [first]
    for number, threshold in enumerate((0.5, 0.6)):
        hashes.append(tiny_weights(tmp_path / f"{number}.safetensors", threshold))
        registry.add(tmp_path / f"{number}.safetensors", "Lind")
    return registry, hashes


def states(registry):
    return [version.state for version in registry.versions("disc")]


def snapshot(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def test_named_before_current_before_shipped(tmp_path, shipped):
    tiny_weights(shipped / "disc.safetensors", 0.4)
    assert find_weights("disc") == shipped / "disc.safetensors"
    assert not (paths.user_data() / "weights").exists()
    digest = tiny_weights(tmp_path / "mine.safetensors")
    registry = Registry()
    registry.add(tmp_path / "mine.safetensors", "Lind")
    assert find_weights("disc") == shipped / "disc.safetensors"
    registry.promote("disc", digest[:6], "Lind", "better cups")
    assert find_weights("disc") == paths.user_data() / "weights" / f"disc-{digest}.safetensors"
    assert find_weights("disc", tmp_path / "mine.safetensors") == tmp_path / "mine.safetensors"


def test_each_lack_is_one_sentence(tmp_path, shipped):
    with pytest.raises(RetinaError, match="no weights for the model disc yet"):
        find_weights("disc")
    with pytest.raises(RetinaError, match="no weights file"):
        find_weights("disc", tmp_path / "none.safetensors")
    with pytest.raises(RetinaError, match=r"no model '\.\./disc'; there is: .*disc"):
        find_weights("../disc")


def test_a_version_says_where_it_comes_from(three):
    registry, (shipped, first, _) = three
    origin, version, _ = registry.versions()
    assert (origin.hash, origin.origin, origin.state) == (shipped, "shipped", "current")
    assert (version.hash, version.state, version.by, version.origin) == (
        first,
        "candidate",
        "Lind",
        "imported",
    )
    assert version.added.endswith("+00:00")
    assert version.facts.size == "compact"
    assert version.facts.input == (1, 48, 64)
    assert version.facts.stages == ("localiser", "decoder")
    assert version.facts.metrics == {"val_dice": 0.875, "val_distance": None}
    assert version.facts.store_hash == "5" * 64
    assert version.facts.recipe == {"model": "disc", "decoder": {"epochs": 3}}
    assert version.facts.software == "0.1.0"
    assert [(event.deed, event.why) for event in registry.events()] == [
        ("add", "0.safetensors"),
        ("add", "1.safetensors"),
    ]
    file = registry.file(version)
    assert file.name == f"disc-{first}.safetensors"
    assert file.stat().st_mode & 0o777 == 0o444


def test_promoted_and_rolled_back_one_after_the_other(three):
    registry, (shipped, first, second) = three
    registry.promote("disc", first, "Lind", "better")
    assert states(registry) == ["retired", "current", "candidate"]
    assert registry.promote("disc", second, "Lind", "better still").parent == first
    assert states(registry) == ["retired", "retired", "current"]
    assert registry.version("disc", first).parent == shipped
    assert registry.roll_back("disc", "Mora", "misses small discs").hash == first
    assert registry.roll_back("disc", "Mora", "so does this").hash == shipped
    with pytest.raises(RetinaError, match="No weights of disc were current before"):
        registry.roll_back("disc", "Mora", "once more")
    assert states(registry) == ["current", "retired", "retired"]
    last = registry.events("disc")[-1]
    assert (last.deed, last.by, last.hash, last.before, last.why) == (
        "roll back",
        "Mora",
        "",
        first,
        "so does this",
    )
    assert [event.deed for event in registry.events()] == ["add"] * 2 + ["promote"] * 2 + ["roll back"] * 2
    assert registry.promote("disc", second, "Lind", "repaired").state == "current"
    assert registry.promote("disc", "shipped", "Lind", "to be safe").hash == shipped
    assert registry.roll_back("disc", "Lind", "and back").hash == second


def test_nothing_leads_back_to_what_was_retired_by_a_person(three):
    registry, (shipped, first, second) = three
    registry.promote("disc", first, "Lind", "better")
    registry.promote("disc", second, "Lind", "better still")
    registry.retire("disc", second, "Lind", "wrong snapshot")
    assert states(registry) == ["current", "retired", "retired"]
    assert registry.roll_back("disc", "Lind", "the one before").hash == first
    assert registry.roll_back("disc", "Lind", "the one before").hash == shipped
    with pytest.raises(RetinaError, match="retired already"):
        registry.retire("disc", second, "Lind", "again")
    with pytest.raises(RetinaError, match="Shipped weights cannot be retired"):
        registry.retire("disc", "shipped", "Lind", "why not")


def test_what_makes_no_sense_is_refused_and_changes_nothing(three):
    registry, (_, first, second) = three
    registry.promote("disc", first, "Lind", "better")
    before = snapshot(registry.folder)
    for wrong, sentence in (
        (lambda: registry.promote("disc", first, "Lind", "again"), "current weights of disc already"),
        (lambda: registry.promote("disc", second, "Lind", "  "), "Say why"),
        (lambda: registry.promote("disc", second, "L" * 101, "x"), "at most 100 characters"),
        (lambda: registry.promote("disc", second[:5], "Lind", "x"), "too short"),
        (lambda: registry.promote("disc", "0000000", "Lind", "x"), "no weights '0000000'"),
        (lambda: registry.promote("ppa", second, "Lind", "x"), "of the model ppa"),
    ):
        with pytest.raises(RetinaError, match=sentence):
            wrong()
    assert snapshot(registry.folder) == before


def test_a_file_that_was_changed_or_lost_is_not_used(three, tmp_path):
    registry, (_, first, second) = three
    file = registry.file(registry.version("disc", first))
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1] + b"\x07")
    with pytest.raises(RetinaError, match="were changed since"):
        registry.promote("disc", first, "Lind", "better")
    with pytest.raises(RetinaError, match="were changed since"):
        registry.export(registry.version("disc", first), tmp_path / "out.safetensors")
    assert registry.add(tmp_path / "0.safetensors", "Lind").hash == first  # as the sentence says
    assert registry.promote("disc", first, "Lind", "better").state == "current"
    registry.promote("disc", second, "Lind", "better")
    registry.file(registry.version("disc", second)).unlink()
    with pytest.raises(RetinaError, match="are gone: import them again, or roll back"):
        find_weights("disc")
    registry.add(tmp_path / "1.safetensors", "Lind")
    assert find_weights("disc").name == f"disc-{second}.safetensors"


def test_exported_weights_are_the_same_file(three, tmp_path):
    registry, (_, first, _) = three
    version = registry.version("disc", first)
    out = registry.export(version, tmp_path)
    assert out == tmp_path / f"disc-{first[:12]}.safetensors"
    assert out.read_bytes() == (tmp_path / "0.safetensors").read_bytes()
    with pytest.raises(RetinaError, match="is there already"):
        registry.export(version, out)
    with pytest.raises(RetinaError, match="cannot be written"):
        registry.export(version, tmp_path / "none" / "x.safetensors")


def test_the_plain_file_of_an_older_version_is_taken_in_once(tmp_path, shipped):
    shipped_hash = tiny_weights(shipped / "disc.safetensors", 0.4)
    plain = paths.user_data() / "weights" / "disc.safetensors"
    digest = tiny_weights(plain)
    assert find_weights("disc") == plain.with_name(f"disc-{digest}.safetensors")
    assert not plain.exists()
    assert find_weights("disc") == plain.with_name(f"disc-{digest}.safetensors")
    registry = Registry()
    assert [(v.state, v.parent) for v in registry.versions()] == [("retired", ""), ("current", shipped_hash)]
    assert [event.deed for event in registry.events()] == ["add", "promote"]
    tiny_weights(plain, 0.4)  # the shipped ones put there by hand: current again
    assert find_weights("disc") == shipped / "disc.safetensors"


def test_a_plain_file_that_is_no_good_stays_and_is_told(tmp_path, shipped):
    folder = paths.user_data() / "weights"
    tiny_weights(folder / "lesion.safetensors")
    (folder / "disc.safetensors").write_bytes(b"PK\x03\x04 torch")
    with pytest.raises(RetinaError, match="is a PyTorch or ZIP file"):
        find_weights("disc")
    with pytest.raises(RetinaError, match="is for the model disc: move it away"):
        find_weights("lesion")
    assert sorted(snapshot(folder)) == ["disc.safetensors", "lesion.safetensors"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: "[" * 100_000,
        lambda text: json.dumps({**json.loads(text), "format": 2}),
        lambda text: json.dumps({**json.loads(text), "extra": 1}),
        lambda text: text.replace('"candidate"', '"current"', 1),
        lambda text: text.replace('"candidate"', '"loved"', 1),
        lambda text: text.replace('"by": "Lind"', '"by": 7', 1),
        lambda text: text.replace('"stem": "disc"', '"stem": "../../disc"', 1),
        lambda text: json.dumps({**json.loads(text), "trails": {"disc": ["0" * 64]}}),
        lambda text: json.dumps({**json.loads(text), "trails": {"disc": ["../../etc"]}}),
    ],
)
def test_a_damaged_index_is_refused_and_never_written_over(three, tmp_path, spoil):
    registry, (_, first, _) = three
    index = registry.folder / "index.json"
    index.write_text(spoil(index.read_text()))
    before = snapshot(registry.folder)
    tiny_weights(tmp_path / "new.safetensors", 0.9)
    for deed in (
        registry.versions,
        registry.events,
        lambda: find_weights("disc"),
        lambda: registry.add(tmp_path / "new.safetensors", "Lind"),
        lambda: registry.promote("disc", first, "Lind", "better"),
        lambda: registry.roll_back("disc", "Lind", "worse"),
    ):
        with pytest.raises(RetinaError, match=r"index\.json is damaged"):
            deed()
    assert snapshot(registry.folder) == before


def test_a_full_disk_leaves_everything_as_it_was(three, monkeypatch):
    registry, (_, first, _) = three
    before = snapshot(registry.folder)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("retina_studio.inference.registry.index.write_atomically", full)
    with pytest.raises(RetinaError, match="cannot be written: No space left"):
        registry.promote("disc", first, "Lind", "better")
    assert snapshot(registry.folder) == before
    assert states(registry) == ["current", "candidate", "candidate"]


_PROCESS = """
import sys
from pathlib import Path
from retina_studio.inference.registry import Registry
registry = Registry(Path(sys.argv[1]), Path(sys.argv[2]))
name, first, second = sys.argv[3:]
for number in range(20):
    for digest in (first, second):
        try:
            registry.promote("disc", digest, name, f"{name} {number}")
        except Exception as error:
            assert "current weights of disc already" in str(error), error
"""


def test_two_processes_lose_no_change(three):
    registry, (_, first, second) = three
    command = [sys.executable, "-c", _PROCESS, str(registry.folder), str(registry.shipped)]
    processes = [subprocess.Popen([*command, name, first, second]) for name in ("Ada", "Ben")]
    assert [process.wait(timeout=120) for process in processes] == [0, 0]
    events = registry.events()[2:]
    assert {event.by for event in events} == {"Ada", "Ben"}
    assert all(earlier.hash == later.before for earlier, later in itertools.pairwise(events))
    assert registry.version("disc", "current").hash == events[-1].hash


def test_the_lock_of_a_process_that_died_holds_nobody_up(three):
    registry, (_, first, _) = three
    code = "import os, sys; from filelock import FileLock; FileLock(sys.argv[1]).acquire(); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code, str(registry.folder / "index.lock")], check=False)
    assert registry.promote("disc", first, "Lind", "better").state == "current"


def test_reading_needs_no_torch(three):
    registry, _ = three
    code = (
        "import sys; from pathlib import Path; from retina_studio.inference.registry import Registry;"
        "Registry(Path(sys.argv[1]), Path(sys.argv[2])).versions(); assert 'torch' not in sys.modules"
    )
    command = [sys.executable, "-c", code, str(registry.folder), str(registry.shipped)]
    assert subprocess.run(command, check=False, cwd=Path(__file__).parents[2]).returncode == 0
