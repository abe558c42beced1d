"""What a science function takes and gives, said as data: dtype, shape, units, intent, source.

``@science(...)`` puts a `Contract` on a function and changes nothing else. One test holds every public
function of the room to its contract: it runs the function's example and checks each array that goes in and
comes out.

Dimensions are names: the same name is the same length within one call (``("gauge",)``), a number is that
length, and ``...`` stands for any shape. A field's name is a parameter, ``return``, or ``return.part`` for a
part of a tuple or dataclass.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import EllipsisType
from typing import Any, Literal, TypeVar

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])
Intent = Literal["in", "out", "inout"]
Shape = tuple[str | int, ...] | EllipsisType


class ContractBroken(TypeError):
    """An array is not what the function declared; the message names the field and the mend."""


@dataclass(frozen=True, slots=True)
class Field:
    """One array: its place in the call, type, shape, units and whether the call writes to it."""

    name: str
    dtype: str
    shape: Shape
    units: str
    intent: Intent = "in"

    def check(self, value: Any, sizes: dict[str, int]) -> None:
        """Raise `ContractBroken` unless ``value`` is this field; learn the lengths of named dimensions."""
        array = np.asarray(value)
        if array.dtype != np.dtype(self.dtype):
            raise ContractBroken(f"{self.name} is {array.dtype}: give it as {self.dtype} ({self.units}).")
        if isinstance(self.shape, EllipsisType):
            return
        if array.ndim != len(self.shape):
            raise ContractBroken(f"{self.name} has {array.ndim} dimensions: it needs {self.shape}.")
        for have, want in zip(array.shape, self.shape, strict=True):
            expected = sizes.setdefault(want, have) if isinstance(want, str) else want
            if have != expected:
                raise ContractBroken(f"{self.name} is {array.shape}, but {want} is {expected} in this call.")


@dataclass(frozen=True, slots=True)
class Contract:
    """The fields of one function and where its method comes from (paper, standard and clause, or our own)."""

    fields: tuple[Field, ...]
    source: str

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call ``function`` and hold both ends to the contract: types, shapes, and inputs left alone.

        Raises `ContractBroken`.
        """
        given = dict(inspect.signature(function).bind(*args, **kwargs).arguments)
        sizes: dict[str, int] = {}
        before: dict[str, Any] = {}
        for field in self._of(given):
            field.check(given[field.name], sizes)
            if field.intent == "in":
                before[field.name] = np.array(given[field.name], copy=True)
        result = function(*args, **kwargs)
        for name, old in before.items():
            if old.tobytes() != np.asarray(given[name]).tobytes():  # bytes: NaN equals itself
                raise ContractBroken(f"{name} was changed by the call: declare it inout.")
        for field in self.fields:
            if field.intent == "out":
                field.check(_part(result, field.name), sizes)
        return result

    def _of(self, given: Mapping[str, Any]) -> list[Field]:
        return [f for f in self.fields if f.intent != "out" and given.get(f.name) is not None]


def science(*fields: Field, source: str) -> Callable[[F], F]:
    """Declare the arrays of a science function.

    >>> @science(Field("x", "int32", ("n",), "0.1 mm"), source="own")
    ... def total(x): return int(x.sum())
    >>> contract_of(total).source
    'own'
    """

    def put(function: F) -> F:
        function.__dict__["__contract__"] = Contract(fields, source)
        return function

    return put


def contract_of(function: Callable[..., Any]) -> Contract:
    """The declared contract. Raises `ContractBroken` when a function has none."""
    contract = getattr(function, "__contract__", None)
    if not isinstance(contract, Contract):
        raise ContractBroken(f"{function.__qualname__} declares no fields: put @science(...) on it.")
    return contract


def _part(result: Any, name: str) -> Any:
    for part in name.split(".")[1:]:
        result = result[int(part)] if part.isdigit() else getattr(result, part)
    return result
