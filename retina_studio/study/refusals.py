"""What a database's refusals mean, in one sentence each, and as which error they are told."""

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from retina_studio.domain.errors import RetinaError


class ConnectionLostError(RetinaError):
    """The server cannot be reached. Whether what was under way was saved is not known."""


class BusyError(RetinaError):
    """Two transactions wanted the same rows, and this one gave way: it was not saved and can be done again."""


UNKEPT = "This was not saved, because a text in it holds a character that cannot be stored."
# PostgreSQL's codes (appendix A of its manual): whole ones, or their first two characters.
_CODES = {
    "53100": "The server's disk is full, so this was not saved: ask for space on it and do it again.",
    "55P03": "The study is busy with somebody else's work, so this was not saved: try again in a moment.",
    "42501": "The database account may not do this: ask its owner for the rights to read and write.",
    "25006": "The server takes no changes now (it is a copy or read-only): ask its owner.",
    "22001": "This was not saved, because a text in it is too long for the study.",
    "22021": UNKEPT,
}
_GAVE_WAY = {"40001", "40P01", "23505"}  # serialization failure, deadlock, the same row made by two
_LOST = ("08", "57P", "53300", "28", "3D")  # connection, shutdown, too many connections, refused at the door
# What libpq says while connecting, where there is no code.
_AT_THE_DOOR = {
    "password authentication failed": "it does not accept the password: set PGPASSWORD or ~/.pgpass",
    "no password supplied": "it asks for a password: set PGPASSWORD or ~/.pgpass",
    "no pg_hba.conf entry": "it takes no connections from this computer or account: ask its owner",
    "role": "it does not know this account: check the name in the URL",
    "database": "it has no database of this name: check the URL or have it made",
    "Connection refused": "nothing answers there: check the URL and that the server runs",
    "No such file": "nothing answers there: check the URL and that the server runs",
    "translate host name": "its name is not known here: check the URL and the network",
    "resolve": "its name is not known here: check the URL and the network",
    "timeout": "it does not answer: check the network",
    "starting up": "it is just starting: try again in a moment",
    "shutting down": "it is just shutting down: try again in a moment",
    "connection slots": "it has no place for more connections: try again in a moment",
    "too many clients": "it has no place for more connections: try again in a moment",
    "certificate": "its certificate is not trusted: ask its owner for the right one",
}


def told(error: SQLAlchemyError) -> RetinaError:
    """The error to raise in place of the database's own."""
    if isinstance(error, PoolTimeoutError):
        return BusyError("The study has too much to do at once, so this was not done: try again in a moment.")
    original = error.orig if isinstance(error, DBAPIError) else None
    code = str(getattr(original, "sqlstate", None) or "")
    if code in _GAVE_WAY:
        return BusyError("Somebody else changed the same at this moment: this was not saved, do it again.")
    if code in _CODES:
        return RetinaError(_CODES[code])
    reason = str(original or error).strip()
    if isinstance(error, DBAPIError) and _is_lost(error, code):
        return ConnectionLostError(_lost_sentence(reason))
    return RetinaError(_sentence(reason.splitlines()[0].rstrip(".") if reason else type(error).__name__))


def _is_lost(error: DBAPIError, code: str) -> bool:
    """Whether the server is out of reach; a driver that has no connection has no code either."""
    if error.connection_invalidated or code.startswith(_LOST):
        return True
    original = error.orig
    return hasattr(original, "sqlstate") and not code and type(original).__name__ in _UNREACHED


_UNREACHED = {"OperationalError", "ConnectionTimeout"}


def _lost_sentence(reason: str) -> str:
    # A role or database of any name is quoted in the message: what it says comes after the last quotation mark.
    for words, meaning in _AT_THE_DOOR.items():
        if words in {"role", "database"}:
            if f'{words} "' in reason and reason.rstrip().endswith("does not exist"):
                return f"The study's server cannot be used, because {meaning}."
        elif words in reason:
            return f"The study's server cannot be used, because {meaning}."
    return "The connection to the study's server was lost: check the network and that the server runs."


def _sentence(reason: str) -> str:
    """What went wrong and what to do, from SQLite's own words."""
    if "full" in reason:
        return "The disk is full, so this was not saved: free some space and do it again."
    if "locked" in reason:
        return "The study is busy with another program, so this was not saved: try again in a moment."
    if "NUL" in reason:
        return UNKEPT
    if "not a database" in reason or "malformed" in reason:
        return "The study's database file is damaged and was not opened: restore it from a backup."
    if "readonly" in reason or "unable to open" in reason:
        return f"The study's database cannot be written ({reason}): check the folder's permissions."
    return f"The study's database refused: {reason}."
