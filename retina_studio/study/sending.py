"""Unsent edits on their way to the study: each is made once, in order, or none of the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retina_studio.domain.errors import RetinaError
from retina_studio.study.journal import Journal, Operation
from retina_studio.study.records import ChangedElsewhereError
from retina_studio.study.refusals import ConnectionLostError

if TYPE_CHECKING:
    from retina_studio.study.session import GradingSession


@dataclass(frozen=True)
class Sent:
    """How many edits were sent, and a sentence for each grading that could not take its own."""

    edits: int = 0
    refused: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What came back of an earlier run's edits; "" where none waited."""
        if not self.edits:
            return ""
        edits = "1 edit" if self.edits == 1 else f"{self.edits} edits"
        return f"Recovered {edits} that had not reached the study's server when the program ended."


def send(
    journal: Journal, load: Callable[[], GradingSession], settle: Callable[[GradingSession], None]
) -> int:
    """Make the operations of a journal in the study; returns how many waited.

    Args:
        journal: what waits; more may come meanwhile.
        load: the grading as it is in the study.
        settle: called with it at the end, before another edit can be made.

    Raises:
        ConnectionLostError: the server is gone (again); the rest waits on.
        ChangedElsewhereError: the grading was changed meanwhile. Then the journal was set aside, and the sentence
            says where; or, where all had been sent before that change, there is nothing to be repeated.
    """
    with journal.sending:
        grading, count = load(), 0
        while True:
            oldest = journal.oldest()
            if oldest is None:
                if journal.finish(lambda current=grading: settle(current)):  # type: ignore[misc]  # a default binds it
                    break
                continue
            if not _made(grading, journal, *oldest):
                grading = (
                    load()
                )  # what was on its way when the connection was lost may have come through just now
                if not _made(grading, journal, *oldest):
                    raise ChangedElsewhereError(_set_aside(journal, grading, settle))
            journal.count_sent()
            count += 1
        if grading.revision != journal.subject.revision + len(journal.operations):
            raise ChangedElsewhereError(
                f"The edits of {journal.subject.image_name} were sent, and it was changed in another window since: "
                "it was loaded again, please look."
            )
        return count


def _made(grading: GradingSession, journal: Journal, number: int, operation: Operation) -> bool:
    """Make an operation, unless it is there; False where the grading is not what the operation was made upon."""
    subject = journal.subject
    if grading.revision != subject.revision + number or not grading.is_of(subject.assignment):
        return grading.has(operation)
    try:
        grading.make(operation)
    except ChangedElsewhereError:
        return False
    return True


def _set_aside(journal: Journal, grading: GradingSession, settle: Callable[[GradingSession], None]) -> str:
    count = journal.unsent
    edits = "an edit" if count == 1 else f"{count} edits"
    place = journal.set_aside(lambda: settle(grading))
    return (
        f"{journal.subject.image_name} was changed in another window while {edits} of yours waited for the server: "
        f"they were not mixed in but kept in {place}; please look and repeat what is missing."
    )


def send_leftovers(journals: list[Journal], load: Callable[[Journal], GradingSession]) -> Sent:
    """Send what programs that are gone have left; a grading that refuses does not keep the others.

    Raises:
        ConnectionLostError: the server is gone; the rest waits on.
    """
    edits, refused = 0, []
    try:
        for journal in journals:
            try:
                edits += send(journal, lambda journal=journal: load(journal), lambda _: None)  # type: ignore[misc]
            except ConnectionLostError:
                raise
            except RetinaError as error:
                refused.append(str(error))
    finally:
        for journal in journals:
            journal.close()
    return Sent(edits, tuple(refused))
