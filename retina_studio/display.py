"""Whether a window can be shown here."""

import os
import sys


def has_display() -> bool:
    """Whether there is a display, or a Qt platform was named that needs none."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
