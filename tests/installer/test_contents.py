"""What goes into the frozen application: everything of ours that it needs, and of its libraries what it needs."""

import ast
import importlib.util
import subprocess
import sys
import tomllib
from pathlib import Path

import contents
import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_every_file_that_code_finds_by_its_path_is_in():
    placed = dict(contents.data_files())
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "resources", "retina_studio", "training"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    data = [name for name in tracked if name and (not name.endswith(".py") or "/migrations/" in name)]
    assert len(data) > 30
    for name in data:
        assert placed[str(ROOT / name)] == str(Path(name).parent), name


@pytest.mark.parametrize("folder", contents.DATA)
def test_every_pattern_of_a_folder_finds_something(folder):
    place, patterns = contents.DATA[folder]
    assert place == folder, "the code looks beside its own modules"
    for pattern in patterns:
        assert any((ROOT / folder).glob(pattern)), (folder, pattern)


def test_every_console_script_is_a_program_that_starts_the_same_function():
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert scripts.keys() == contents.PROGRAMS.keys()
    for name, target in scripts.items():
        module, _, function = target.partition(":")
        lines = contents.PROGRAMS[name].read_text("utf-8").splitlines()
        assert f"from {module} import {function}  # noqa: E402" in lines
        assert lines.index("freeze_support()") < lines.index(f"from {module} import {function}  # noqa: E402")
        assert lines[-1] == f"{function}()"


def test_every_module_of_ours_is_in_by_name_and_can_be_found():
    names = contents.own_modules()
    assert {
        "retina_studio.exchange.coco",
        "retina_studio.gui.dashboard.page",
        "training.compare.unet",
    } <= set(names)
    assert not any("migrations" in name or name.endswith("__main__") for name in names)
    assert all(importlib.util.find_spec(name) for name in names if name.count(".") < 2)


@pytest.mark.parametrize("name", [*contents.HIDDEN, *contents.PACKAGES_WITH_DATA])
def test_what_is_named_by_a_text_exists(name):
    assert importlib.util.find_spec(name), name


@pytest.mark.parametrize(
    "place",
    [
        "torch/include/ATen/ATen.h",
        "torch/bin/protoc",
        "nvidia/cu13/lib/libcudart_static.a",
        "cv2/qt/fonts/DejaVuSans.ttf",
        "nvidia/cudnn/include/cudnn.h",
        "libstdc++.so.6",
        "PySide6/Qt/lib/libQt6Quick.so.6",
        "sklearn/tests/test_base.py",
        "nvidia/cu13/lib/libnvperf_host.so",
        "torchmetrics/functional/image/lpips_models/vgg.pth",
        "PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        "scipy/linalg/tests/__init__.py",
    ],
)
def test_what_is_left_out(place):
    assert contents.is_unneeded(place)


@pytest.mark.parametrize(
    "place",
    [
        "torch/lib/libtorch_cpu.so",
        "torch/bin/torch_shm_manager",
        "nvidia/cudnn/lib/libcudnn_engines_precompiled.so.9",
        "nvidia/cu13/lib/libnvrtc-builtins.so.13.0",
        "PySide6/Qt/lib/libQt6Svg.so.6",
        "qtawesome/fonts/phosphor-1.3.0.ttf",
        "PySide6/Qt/plugins/platforms/libqxcb.so",
        "resources/weights/disc.safetensors",
        "opencv_python.libs/libQt5Core.so.5",
        "highdicom/_standard/iod_module_map.json",
        "pydicom/data/charset_files/charlist",
        "torch/testing/_internal/logging_tensor.py",
        "PySide6/Qt/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so",
        "torch/utils/_config_module.py",
    ],
)
def test_what_stays(place):
    assert not contents.is_unneeded(place)


def test_the_spec_is_python_and_leaves_nothing_in_by_hand():
    source = (ROOT / "installer" / "retina-studio.spec").read_text("utf-8")
    called = {
        node.func.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert {"Analysis", "PYZ", "EXE", "COLLECT"} <= called
    assert source.count("EXE(") == 1, "every program is made alike, from contents.PROGRAMS"


def test_the_training_program_drops_its_own_name_before_its_arguments():
    """Processes that train together are started as PROGRAM SCRIPT ARGUMENTS."""
    command = [sys.executable, str(contents.PROGRAMS["retina-train"]), sys.executable, "audit", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Count what a snapshot has" in done.stdout
