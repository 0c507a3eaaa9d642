"""What the window can do beyond opening, drawing and submitting: one file a feature, in the order of the menus."""

from .adjudicating import Adjudicating
from .agreeing import Agreeing
from .arranging import Arranging
from .assigning import Assigning
from .base import Feature
from .certifying import Certifying
from .checking import Checking
from .clipboard import Clipboard
from .combining import Combining
from .comparing import Comparing
from .exchanging import Exchanging
from .explaining import Explaining
from .going import Going
from .helping import Helping
from .importing import Importing
from .keeping import Keeping
from .listing import Listing
from .looking import Looking
from .measuring import Measuring
from .mending import Mending
from .models import Models
from .offering import Offering
from .ordering import Ordering
from .people import People
from .pointing import Pointing
from .preferences import Preferences
from .proposing import Proposing
from .protocol import Protocol
from .refining import Refining
from .retraining import Retraining
from .revealing import Revealing
from .reviewing import Reviewing
from .shortcuts import Shortcuts
from .sides import Sides
from .signing import Signing
from .snapping import Snapping
from .thumbnails import Thumbnails
from .views import Views
from .volume import Volume
from .voting import Voting

FEATURES: tuple[type[Feature], ...] = (
    Pointing,
    Arranging,
    Clipboard,
    Combining,
    Snapping,
    Mending,
    Offering,
    Reviewing,
    Refining,
    Proposing,
    Explaining,
    Revealing,
    Models,
    Retraining,
    Protocol,
    Signing,
    Views,
    Looking,
    Measuring,
    Importing,
    People,
    Assigning,
    Certifying,
    Voting,
    Adjudicating,
    Agreeing,
    Exchanging,
    Keeping,
    Listing,
    Thumbnails,
    Ordering,
    Checking,
    Comparing,
    Volume,
    Sides,
    Going,
    Preferences,
    Shortcuts,
    Helping,
)

__all__ = ["FEATURES", "Feature"]
