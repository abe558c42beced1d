"""One fingerprint of a city's whole content, so that an accidental change of the generator is seen."""

from dataclasses import fields, is_dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

import numpy as np
import shapely

from .model import City


def digest(city: City) -> str:
    """32 hexadecimal digits over every record and array, geometry in normal form."""
    state = blake2b(digest_size=16)
    for field in fields(city):
        state.update(field.name.encode())
        _add(state, getattr(city, field.name))
    return state.hexdigest()


def _add(state: Any, value: Any) -> None:
    if isinstance(value, np.ndarray):
        state.update(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, shapely.Geometry):
        state.update(shapely.to_wkb(shapely.normalize(value)))
    elif is_dataclass(value):
        for field in fields(value):
            _add(state, getattr(value, field.name))
    elif isinstance(value, tuple):
        state.update(b"(")
        for member in value:
            _add(state, member)
    elif isinstance(value, dict):
        _add(state, tuple(sorted(value.items())))
    elif value is None or isinstance(value, str | int | float | date):
        state.update(f"{value!r};".encode())
    else:
        raise TypeError(f"no canonical form for {type(value).__name__}: add one to digest.py")
