"""The errors of the rooms. Each says in Chinese what happened and what to do next; pages and API translate it.

AnlanError
├── NotSignedIn      nobody has signed in, or the session is over       401
├── Forbidden        the actor may not do this, or not here            403
├── NotFound         nothing of that name within the actor's scope     404
├── Conflict         somebody was quicker, or the state does not allow 409
├── Invalid          what was entered cannot be right                  422
├── Busy             others are at it; the same again will do, later   503
└── OutOfWorld       an exercise reached for something real            500
"""

from typing import Any


class AnlanError(Exception):
    """An error a person reads: `text` is a Chinese source string with `{named}` places for `values`."""

    status = 500

    def __init__(self, text: str, **values: Any) -> None:
        self.text = text
        self.values = values
        super().__init__(text.format(**values) if values else text)


class NotSignedIn(AnlanError):
    status = 401


class Forbidden(AnlanError):
    status = 403


class NotFound(AnlanError):
    status = 404


class Conflict(AnlanError):
    status = 409


class Invalid(AnlanError):
    status = 422


class Busy(AnlanError):
    status = 503


class OutOfWorld(AnlanError):
    status = 500
