"""The register that the docs declare is one: it reads, saves, refuses and comes back from a file as they say."""

import io
import re
from typing import Any

import pytest

from anlan.foundation.paging import Cut
from anlan.registers import queries, saving, uploads
from anlan.registers.books import writing as books
from anlan.registers.columns import Look
from anlan.registers.register import Register
from tests.support.city import VILLAGE, make_city
from tests.support.house import ROOT

LONGEST = 60
GOOD = {"name": "联盟村河滩", "place": "柳林镇联盟村", "closes_after_min": "０"}


@pytest.fixture
def areas() -> Register:
    block, *_ = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs/reference/registers.md").read_text(), re.DOTALL
    )
    assert len(block.splitlines()) <= LONGEST
    said: dict[str, Any] = {}
    exec(block, said)
    (register,) = said["REGISTERS"]
    assert isinstance(register, Register)
    return register


@pytest.mark.django_db
def test_the_register_of_the_docs_works(areas: Register) -> None:
    ctx = make_city().ctx("administrator")
    ref = saving.add(ctx, areas, GOOD)
    assert ref.startswith("FA-")
    row = queries.entry(ctx, areas, ref)
    assert (row.place_id, row.closes_after_min) == (row.place.pk, 0)
    assert areas.column("place").typed(row) == VILLAGE
    with pytest.raises(saving.NotRead) as refused:
        saving.change(ctx, areas, row, {"name": "联盟村低地"})
    assert set(refused.value.wrong) == {"closes_after_min"}
    out = io.BytesIO()
    books.write_xlsx(out, areas.word, areas.heads(Look(ctx)), queries.cells(ctx, areas, {}))
    total = queries.part(ctx, areas, {}, Cut()).total
    assert uploads.look(ctx, areas, out.getvalue(), "x.xlsx").counts == {
        "new": 0, "changed": 0, "same": total, "wrong": 0,
    }  # fmt: skip
