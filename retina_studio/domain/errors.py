"""The error whose message is meant for the person at the screen."""


class RetinaError(Exception):
    """Something the person can act on: one sentence that says what, where and what to do.

    The window shows the sentence; the command line prints it on stderr and exits with a non-zero status.
    """
