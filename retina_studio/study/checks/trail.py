"""Read the audit trail from its beginning into the ledger."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from pydantic_core import from_json
from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from retina_studio.study.audit import BrokenChainError, read_chain
from retina_studio.study.checks.events import Event, Replay, read_event
from retina_studio.study.checks.grading_work import GRADING_WORK
from retina_studio.study.checks.ledger import Ledger
from retina_studio.study.checks.pace import Pace
from retina_studio.study.checks.setting_up import SETTING_UP
from retina_studio.study.checks.settling import SETTLING
from retina_studio.study.schema import AuditRow

EVENTS: Mapping[str, Callable[[Replay, Event], None]] = {**SETTING_UP, **GRADING_WORK, **SETTLING}
_AUDIT = cast("Table", AuditRow.__table__)
_DETAIL = select(_AUDIT.c.detail).where(_AUDIT.c.id == bindparam("key"))
_PROBLEMS = 20  # sentences about rows that are not understood; the rest is counted


class Trail:
    """The audit trail, told to a ledger.

    Attributes:
        problems: a sentence for each row that no part of the program writes so.
        is_whole: whether no row was changed or removed; else the ledger ends at the first that was.
    """

    def __init__(self, session: Session, study_id: str, ledger: Ledger, pace: Pace) -> None:
        """Read it all.

        Raises:
            StoppedError: `pace` was told so.
        """
        self.problems: list[str] = []
        self.is_whole = True
        self._more = 0
        connection = session.connection()

        def detail_of(audit_id: int) -> dict[str, Any]:
            text = connection.execute(_DETAIL, {"key": audit_id}).scalar_one_or_none()
            if text is None:
                raise LookupError(f"no audit row {audit_id}")
            return cast("dict[str, Any]", from_json(text))

        self._replay = Replay(study_id, ledger, detail_of, {})
        try:
            for row in read_chain(session):
                pace.step()
                self._tell(*(row[name] for name in ("id", "who", "what", "subject", "detail")))
        except BrokenChainError as error:
            self.is_whole = False
            self.problems.append(str(error))
        if self._more:
            self.problems.append(f"The audit trail has {self._more} more rows that cannot be understood.")

    def _tell(self, key: int, who: str, what: str, subject: str, text: str) -> None:
        try:
            event = read_event(key, who, what, subject, text)
            EVENTS[event.kind](self._replay, event)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            if len(self.problems) == _PROBLEMS:
                self._more += 1
                return
            self.problems.append(
                f"Audit row {key} ({what} by {who}, {subject}) cannot be understood ({error}): it was not written by "
                "this program, or by a newer one."
            )
