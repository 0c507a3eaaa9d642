"""The computer: GPU, memory, display, clock."""

import ctypes
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from retina_studio.display import has_display
from retina_studio.paths import resources

from .finding import Finding

_GIB = 2**30
_LEAST_MEMORY, _LEAST_FREE = 6.0, 1.5  # GiB: a photograph, the window and all five models take about 3


def device() -> Finding:
    """What the models run on."""
    try:
        import torch  # noqa: PLC0415 - takes seconds
    except ImportError as error:
        return Finding(
            "Models run on", f"torch cannot be used: {error}", "missing", "install the application again"
        )
    if torch.cuda.is_available():
        cards = [torch.cuda.get_device_properties(n) for n in range(torch.cuda.device_count())]
        named = ", ".join(f"{card.name} ({card.total_memory / _GIB:.0f} GiB)" for card in cards)
        return Finding("Models run on", f"{named}, CUDA {torch.version.cuda}")
    if torch.backends.mps.is_available():
        return Finding("Models run on", "Apple's GPU")
    return Finding("Models run on", f"the CPU ({os.cpu_count()} cores): no GPU that torch can use")


def memory() -> Finding:
    """Memory of the computer, and how much of it is free now."""
    total, free = _memory()
    if not total:
        return Finding("Memory", "not known here")
    value = f"{free / _GIB:.1f} GiB free of {total / _GIB:.1f}"
    if total / _GIB < _LEAST_MEMORY:
        return Finding("Memory", value, "attention", f"{_LEAST_MEMORY:.0f} GiB and more are comfortable")
    if free / _GIB < _LEAST_FREE:
        return Finding("Memory", value, "attention", "close other programs")
    return Finding("Memory", value)


def display() -> Finding:
    """Whether a window can be shown."""
    chosen = os.environ.get("QT_QPA_PLATFORM")
    if chosen:
        return Finding("Qt platform", f"{chosen} (set by QT_QPA_PLATFORM)")
    if has_display():
        return Finding("Qt platform", "the system's own")
    return Finding(
        "Qt platform", "no display", "attention", "start the window on a desktop; commands work without"
    )


def clock() -> Finding:
    """The time that gradings and the audit trail bear: it cannot be earlier than the application itself."""
    now = datetime.now().astimezone()
    value = f"{now:%Y-%m-%d %H:%M %Z}"
    made = datetime.fromtimestamp((resources() / "labels.toml").stat().st_mtime, UTC)
    if now < made - timedelta(days=1):
        return Finding("Clock", f"{value}, before the application was made", "attention", "set the clock")
    return Finding("Clock", value)


def _memory() -> tuple[int, int]:
    """Total and free memory in bytes; zeros where the system does not say."""
    if sys.platform == "win32":
        return _windows_memory()
    try:
        page = os.sysconf("SC_PAGE_SIZE")
        total, free = os.sysconf("SC_PHYS_PAGES") * page, os.sysconf("SC_AVPHYS_PAGES") * page
    except (ValueError, OSError):
        return 0, 0
    return total, max(free, _available())


def _available() -> int:
    """What Linux would give, with what it only uses to remember files."""
    try:
        lines = Path("/proc/meminfo").read_text("utf-8").splitlines()
    except OSError:
        return 0
    found = (line.split()[1] for line in lines if line.startswith("MemAvailable:"))
    return int(next(found, "0")) * 1024


class _MemoryStatus(ctypes.Structure):
    _fields_ = [
        ("length", ctypes.c_uint32),
        ("load", ctypes.c_uint32),
        ("total", ctypes.c_uint64),
        ("free", ctypes.c_uint64),
        *((name, ctypes.c_uint64) for name in ("pages", "free_pages", "virtual", "free_virtual", "extended")),
    ]


def _windows_memory() -> tuple[int, int]:
    status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
    if not getattr(ctypes, "windll").kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):  # noqa: B009
        return 0, 0
    return status.total, status.free
