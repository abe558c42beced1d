"""The errors of the rooms. Each says in Chinese what happened and what to do next; pages and API translate it.

AnlanError
├── NotSignedIn      nobody has signed in, or the session is over       401
├── Forbidden        the actor may not do this, or not here            403
├── NotFound         nothing of that name within the actor's scope     404
├── RuleError        a rule of a room says no; each room names its own  409
├── Conflict         somebody was quicker, or the state does not allow 409
├── Invalid          what was entered cannot be right                  422
├── Busy             others are at it; the same again will do, later   503
└── OutOfWorld       an exercise reached for something real            500
"""

from typing import Any, Self

from anlan.foundation.words import t


class AnlanError(Exception):
    """An error a person reads: `text` is a Chinese source string with `{named}` places for `values`."""

    status = 500
    field = ""
    """The field of a form that it is about; "" when it is about none alone."""

    def __init__(self, text: str, /, **values: Any) -> None:
        self.text = text
        self.values = values
        super().__init__(self.said("zh"))

    def said(self, lang: str) -> str:
        """What happened and what to do next, in the reader's language."""
        return t(lang, self.text, **self.values)

    def at(self, field: str) -> Self:
        """The same error, told beside that field of a form."""
        self.field = field
        return self

    @property
    def code(self) -> str:
        """A word for programs: `forbidden`, `not_found`, `moved_needs_count`."""
        return "".join(f"_{c.lower()}" if c.isupper() else c for c in type(self).__name__).lstrip("_")


class NotSignedIn(AnlanError):
    status = 401


class Forbidden(AnlanError):
    status = 403


class NotFound(AnlanError):
    status = 404


class RuleError(AnlanError):
    status = 409


class Conflict(AnlanError):
    status = 409


class Invalid(AnlanError):
    status = 422


class Busy(AnlanError):
    status = 503


class OutOfWorld(AnlanError):
    status = 500
