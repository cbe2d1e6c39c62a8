"""The errors that users may meet; every message says what was found and what to do, in Chinese."""


class MingceError(Exception):
    """Base of all expected failures; `str(error)` is fit for a user."""


class SourceError(MingceError):
    """A policy's source cannot be read or has no text."""


class PackError(MingceError):
    """A pack of policy data is refused; the message names file, field, found and remedy."""


class UnknownClause(MingceError):
    """No clause has the number that was asked for."""
