"""Every public function of science that takes or gives arrays keeps what it declares."""

import doctest
import importlib
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from anlan.science.fields import Contract, ContractBroken, Field, contract_of, science
from tests.support.science import modules, offered


def is_array(annotation: Any) -> bool:
    """An array, or a tuple of them; a checkpoint (a mapping of arrays) is opaque and no field."""
    text = str(annotation)
    return "ndarray" in text and not any(word in text for word in ("Mapping", "dict", "Sequence", "list"))


def takes_arrays(function: Callable[..., Any]) -> bool:
    signature = inspect.signature(function)
    return any(
        map(is_array, [signature.return_annotation, *(p.annotation for p in signature.parameters.values())])
    )


def public() -> Iterator[tuple[Any, str, Callable[..., Any]]]:
    """(where it hangs, its name, the function) of each public function and method that handles arrays."""
    seen: set[int] = set()
    for module in modules():
        for name, thing in offered(module):
            if id(thing) in seen:
                continue
            seen.add(id(thing))
            if inspect.isfunction(thing) and takes_arrays(thing):
                yield module, name, thing
            elif inspect.isclass(thing):
                yield from methods(thing)


def methods(owner: type) -> Iterator[tuple[Any, str, Callable[..., Any]]]:
    for name, thing in vars(owner).items():
        if inspect.isfunction(thing) and not name.startswith("_") and takes_arrays(thing):
            yield owner, name, thing


CASES = [pytest.param(*case, id=f"{case[2].__module__}.{case[2].__qualname__}") for case in public()]


def test_the_walk_finds_the_functions() -> None:
    assert len(CASES) >= 2


@pytest.mark.parametrize(("owner", "name", "function"), CASES)
def test_a_public_function_declares_every_array_it_handles(
    owner: Any, name: str, function: Callable[..., Any]
) -> None:
    declared = contract_of(function)
    signature = inspect.signature(function)
    arrays = {p.name for p in signature.parameters.values() if is_array(p.annotation)}
    named = {field.name.split(".")[0] for field in declared.fields}
    assert arrays <= named, f"{arrays - named} not declared"
    assert named <= set(signature.parameters) | {"return"}, "a declared field is not in the signature"
    assert declared.source
    for field in declared.fields:
        np.dtype(field.dtype)
        assert field.units, f"{field.name} has no units"
    assert (function.__doc__ or "").strip().splitlines()[0].endswith((".", "?"))


@pytest.mark.parametrize(("owner", "name", "function"), CASES)
def test_the_example_of_a_public_function_runs_and_keeps_the_contract(
    owner: Any, name: str, function: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = contract_of(function)
    calls: list[str] = []

    def held(*args: Any, **kwargs: Any) -> Any:
        calls.append(name)
        return declared.call(function, *args, **kwargs)

    monkeypatch.setattr(owner, name, held)
    module = importlib.import_module(function.__module__)
    names = {**vars(module), "np": np}
    test = doctest.DocTestParser().get_doctest(function.__doc__ or "", names, name, None, 0)
    out: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=out.append)
    assert test.examples, "a public function shows a runnable example"
    assert calls, "the example calls the function it belongs to"
    assert not out, "".join(out)


def test_an_input_that_is_written_to_is_noticed() -> None:
    def spoil(x: Any) -> None:
        x[0] = 9

    with pytest.raises(ContractBroken, match="inout"):
        Contract((Field("x", "int32", ("n",), "mm"),), "own").call(spoil, np.zeros(2, np.int32))


@pytest.mark.parametrize(
    ("value", "word"),
    [
        (np.zeros(3), "int32"),
        (np.zeros((3, 1), np.int32), "dimensions"),
        (np.zeros(4, np.int32), "n is 3"),
    ],
)
def test_a_wrong_array_is_refused_with_the_mend(value: Any, word: str) -> None:
    with pytest.raises(ContractBroken, match=word):
        Field("x", "int32", ("n",), "mm").check(value, {"n": 3})


def test_a_function_without_a_contract_is_told_so() -> None:
    with pytest.raises(ContractBroken, match="@science"):
        contract_of(lambda: None)


def test_a_part_of_a_tuple_is_checked_by_its_number() -> None:
    @science(Field("return.1", "int8", ("n",), "flag", "out"), source="own")
    def pair() -> tuple[int, Any]:
        return 1, np.zeros(2, np.int16)

    with pytest.raises(ContractBroken, match=r"return\.1"):
        contract_of(pair).call(pair)
