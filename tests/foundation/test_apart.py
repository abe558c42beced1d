"""Work in a process of its own: what it gives and what it raises come back, and a child that dies is told."""

import os

import pytest

from anlan.foundation.apart import Fell, apart
from anlan.observe.rules import csvrows


def test_what_it_gives_comes_back_from_another_process() -> None:
    assert apart(os.getpid) != os.getpid()
    assert apart(divmod, 7, 2) == (3, 1)


def test_what_it_raises_is_raised_here() -> None:
    with pytest.raises(FileNotFoundError, match="no-such"):
        apart(csvrows.check, csvrows.Path("no-such"), now=None)


def test_a_child_that_dies_is_told() -> None:
    with pytest.raises(Fell, match="_exit ended with 9"):
        apart(os._exit, 9)
