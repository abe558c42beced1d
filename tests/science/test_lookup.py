import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.science.lookup import CodeTable, DuplicateCode

codes = st.lists(st.integers(-(2**63), 2**63 - 1), unique=True, max_size=300)


@given(codes, codes)
def test_a_code_is_found_at_the_place_where_it_was_added(first: list[int], asked: list[int]) -> None:
    table = CodeTable(np.array(first[::2], np.int64))
    table.add(np.array(first[1::2], np.int64))
    order = {code: row for row, code in enumerate(first[::2] + first[1::2])}
    wanted = np.array(asked + first, np.int64)
    assert table.rows(wanted).tolist() == [order.get(code, -1) for code in wanted.tolist()]
    assert table.codes.tolist() == list(order)


def test_a_code_that_stands_twice_is_refused_and_nothing_is_added() -> None:
    table = CodeTable(np.array([5], np.int64))
    for twice in ([7, 7], [8, 5]):
        with pytest.raises(DuplicateCode):
            table.add(np.array(twice, np.int64))
    assert len(table) == 1
