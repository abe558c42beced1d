"""Reading settings out of a pack's data: typed, with a named error that says which key is wrong."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from anlan.foundation.rules.errors import BadPack

Data = Mapping[str, object]


def number(data: Data, key: str, default: int, *, least: int = 0) -> int:
    """A whole number not below `least`."""
    value = data.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise BadPack(key=key, problem=f"{value!r} is not a whole number of at least {least}")
    return value


def hours(data: Data, key: str, default: int) -> timedelta:
    """A time in whole hours."""
    return timedelta(hours=number(data, key, default, least=1))


def minutes(data: Data, key: str, default: int) -> timedelta:
    """A time in whole minutes."""
    return timedelta(minutes=number(data, key, default, least=1))


def seconds(data: Data, key: str, default: int) -> timedelta:
    """A time in whole seconds."""
    return timedelta(seconds=number(data, key, default, least=1))


def text(data: Data, key: str, default: str | None = None) -> str:
    """A non-empty text; without a default it must be there."""
    value = data.get(key, default)
    if not isinstance(value, str) or not value:
        raise BadPack(key=key, problem=f"{value!r} is not a text")
    return value


def flag(data: Data, key: str, default: bool) -> bool:
    """true or false."""
    value = data.get(key, default)
    if not isinstance(value, bool):
        raise BadPack(key=key, problem=f"{value!r} is neither true nor false")
    return value


def strings(data: Data, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """A list of texts."""
    value = data.get(key, default)
    if (
        isinstance(value, str)
        or not isinstance(value, Sequence)
        or not all(isinstance(v, str) for v in value)
    ):
        raise BadPack(key=key, problem=f"{value!r} is not a list of texts")
    return tuple(value)


def table(data: Data, key: str) -> Data:
    """A table of the pack; empty when the pack leaves it out."""
    value = data.get(key, {})
    if not isinstance(value, Mapping):
        raise BadPack(key=key, problem=f"{value!r} is not a table")
    return value


def tables(data: Data, key: str) -> tuple[Data, ...]:
    """An array of tables; empty when the pack leaves it out."""
    value = data.get(key, ())
    if (
        isinstance(value, str)
        or not isinstance(value, Sequence)
        or not all(isinstance(v, Mapping) for v in value)
    ):
        raise BadPack(key=key, problem=f"{value!r} is not a list of tables")
    return tuple(value)
