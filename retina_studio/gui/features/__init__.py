"""What the window can do beyond opening, drawing and submitting: one file a feature, in the order of the menus."""

from .arranging import Arranging
from .base import Feature
from .checking import Checking
from .clipboard import Clipboard
from .combining import Combining
from .comparing import Comparing
from .importing import Importing
from .listing import Listing
from .looking import Looking
from .measuring import Measuring
from .mending import Mending
from .offering import Offering
from .preferences import Preferences
from .proposing import Proposing
from .shortcuts import Shortcuts
from .sides import Sides
from .snapping import Snapping
from .thumbnails import Thumbnails
from .views import Views
from .volume import Volume

FEATURES: tuple[type[Feature], ...] = (
    Arranging,
    Clipboard,
    Combining,
    Snapping,
    Mending,
    Offering,
    Proposing,
    Views,
    Looking,
    Measuring,
    Importing,
    Listing,
    Thumbnails,
    Checking,
    Comparing,
    Volume,
    Sides,
    Preferences,
    Shortcuts,
)

__all__ = ["FEATURES", "Feature"]
