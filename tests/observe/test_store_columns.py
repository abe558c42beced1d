import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.observe.store.columns import Columns, current, pack, unpack
from anlan.observe.store.errors import StoreDamaged

wide = st.integers(-(2**63), 2**63 - 1)
times = st.integers(0, 2**42 - 1) | st.integers(0, 2**20).map(lambda m: 1_600_000_000_000 + m * 60_000)
rows = st.lists(
    st.tuples(st.integers(0, 2**21 - 1), times, times, wide | st.integers(0, 9), st.integers(0, 255))
)


def columns(table: list[tuple[int, int, int, int, int]]) -> Columns:
    key, at, known, value, quality = zip(*table, strict=True) if table else ((),) * 5
    wide_columns = [np.array(c, np.int64) for c in (at, known, value)]
    return Columns(np.array(key, np.int32), *wide_columns, np.array(quality, np.int16))


@given(rows, st.booleans())
def test_a_block_gives_back_its_rows(table: list[tuple[int, int, int, int, int]], squeeze: bool) -> None:
    whole = columns(table)
    again = unpack(pack(whole, squeeze=squeeze))
    for name in ("key", "at", "known", "value", "quality"):
        old, new = getattr(whole, name), getattr(again, name)
        assert np.array_equal(old, new)
        assert old.dtype == new.dtype


@given(rows.filter(bool), st.data())
def test_a_block_that_was_cut_is_refused(
    table: list[tuple[int, int, int, int, int]], data: st.DataObject
) -> None:
    block = pack(columns(table))
    cut = data.draw(st.integers(0, len(block) - 1))
    with pytest.raises(StoreDamaged, match="restore"):
        unpack(block[:cut])


def test_a_day_of_five_minute_rain_takes_a_few_bytes_a_reading() -> None:
    day = [(7, 1_628_700_000_000 + 300_000 * k, 1_628_700_001_234, k % 50, 0) for k in range(288)]
    assert len(pack(columns(day))) < 4 * 288


def test_of_two_rows_known_at_one_moment_the_later_one_counts() -> None:
    same = columns([(1, 5, 9, 10, 0), (1, 5, 9, 11, 0), (1, 4, 9, 3, 0)])
    assert current(same).value.tolist() == [3, 11]
