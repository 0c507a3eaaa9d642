"""Who may import whom (README, "Rooms"): read from the source, so that no import is missed."""

import ast
import functools
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
STDLIB = sys.stdlib_module_names
NUMERIC = {"numpy", "cv2"}

# Room -> (rooms it may import, third-party packages it may import).
RULES: dict[str, tuple[set[str], set[str]]] = {
    "domain": (set(), {*NUMERIC, "shapely", "scipy"}),
    "images": ({"domain"}, {*NUMERIC, "pydicom"}),
    "phantoms": ({"domain"}, {*NUMERIC}),
    "store": ({"domain"}, {*NUMERIC, "h5py"}),
    "study": ({"domain", "images", "store"}, {*NUMERIC, "sqlalchemy", "alembic", "pydantic_core", "fsspec"}),
    "exchange": (
        {"domain", "images", "study", "store"},
        {*NUMERIC, "pydantic", "pydicom", "highdicom", "defusedxml", "jinja2", "matplotlib"},
    ),
    "networks": (set(), {*NUMERIC, "torch", "torchvision", "safetensors"}),
    # distributed: the extra `cluster`, for `propose --scheduler`
    "inference": ({"networks", "domain", "images"}, {*NUMERIC, "torch", "distributed", "filelock", "openvino"}),
    "retraining": ({"domain", "store", "study", "inference"}, {"filelock"}),
    "gui": (
        {"domain", "images", "phantoms", "store", "study", "exchange", "networks", "inference", "retraining"},
        {*NUMERIC, "PySide6", "shiboken6", "qtawesome", "pyqtgraph", "jinja2", "matplotlib"},
    ),
    "training": (
        {"networks", "store", "domain"},
        {*NUMERIC, "torch", "torchvision", "lightning_fabric", "safetensors", "torchmetrics", "sklearn", "scipy"}
        | {"pydantic", "rich", "typer", "matplotlib", "jinja2"}
        | {"segmentation_models_pytorch", "monai", "timm", "torchjd"},  # the extra `compare`
    ),
}  # fmt: skip
FREE = {
    "crash",
    "display",
    "logs",
    "paths",
    "private_text",
    "third_party",
    "",
}  # these and retina_studio itself (its version) belong to everybody
WITHOUT_OURS = {"networks"}  # may not even import those


def _sources():
    for room in RULES:
        folder = ROOT / "training" if room == "training" else ROOT / "retina_studio" / room
        yield from ((room, path) for path in sorted(folder.rglob("*.py")))


@functools.cache
def _imports(path: Path) -> tuple[str, ...]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            names += (f"{module}.{alias.name}" for alias in node.names)
    return tuple(names)


def _breaks(room: str, name: str) -> bool:
    rooms, packages = RULES[room]
    top, _, rest = name.partition(".")
    if top == "training":
        return room != "training"
    if top == "retina_studio":
        second = rest.split(".")[0]
        if second in {*FREE, "__version__"}:
            return room in WITHOUT_OURS and second == "paths"
        return second not in {room, *rooms}
    return top not in STDLIB and top not in packages


@pytest.mark.parametrize(
    ("room", "path"), list(_sources()), ids=lambda value: str(getattr(value, "name", value))
)
def test_a_room_imports_only_what_lies_below_it(room, path):
    wrong = [name for name in _imports(path) if _breaks(room, name)]
    assert not wrong, f"{path.relative_to(ROOT)} may not import {wrong}"


@pytest.mark.parametrize(
    ("package", "room"),
    [("PySide6", "gui"), ("sqlalchemy", "study"), ("h5py", "store"), ("alembic", "study")],
)
def test_a_technology_lives_in_one_room(package, room):
    users = {
        path.relative_to(ROOT).parts[1]
        for path in (ROOT / "retina_studio").rglob("*.py")
        if any(name.split(".")[0] == package for name in _imports(path))
    }
    assert users == {room}


def test_nobody_imports_training():
    for path in (ROOT / "retina_studio").rglob("*.py"):
        assert not any(name.split(".")[0] == "training" for name in _imports(path)), path


def test_torch_is_imported_late_by_window_and_command_line():
    package = ROOT / "retina_studio"
    for path in [*(package / "gui").rglob("*.py"), *(package / "commands").glob("*.py"), package / "cli.py"]:
        top_level = ast.parse(path.read_text("utf-8")).body
        names = [
            name
            for node in top_level
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in (
                [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            )
        ]
        assert not any(
            n.startswith(("torch", "retina_studio.inference", "retina_studio.networks")) for n in names
        ), path


def test_a_forbidden_import_is_found():
    assert _breaks("domain", "h5py")
    assert _breaks("networks", "retina_studio.domain.labels")
    assert _breaks("gui", "training.loop")
    assert not _breaks("gui", "retina_studio.study.study")
