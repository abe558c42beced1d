"""Books of a county: 200,000 rows read into plain text, 100,000 written; beside the library that opens them, alone."""

import io
import random
import time
import tracemalloc
from typing import Any

READ = 200_000
WRITTEN = 100_000
KINDS = ("code", "text", "text", "phone", "whole", "decimal", "day", "flag", "text", "text")


def rows() -> list[dict[str, Any]]:
    """CPU seconds to read and to write a book of ten columns; bytes that a read book holds."""
    from python_calamine import CalamineWorkbook

    from anlan.registers.books.heads import Head
    from anlan.registers.books.reading import read
    from anlan.registers.books.writing import csv_lines, write_xlsx

    heads = [
        Head(name=f"c{n}", word=f"第{n}列", kind=kind, required=True, key=n == 0)
        for n, kind in enumerate(KINDS)
    ]
    entries = made(heads)
    book, text = io.BytesIO(), io.BytesIO()
    write_xlsx(book, "名册", heads, entries)
    text.writelines(csv_lines(heads, entries))
    peer, _ = _spent(
        lambda: CalamineWorkbook.from_filelike(io.BytesIO(book.getvalue())).get_sheet_by_index(0).to_python()
    )
    found = []
    for name, data in (("read_xlsx", book.getvalue()), ("read_csv", text.getvalue())):
        ours, table = _spent(lambda data=data: read(data, "x", heads))
        assert [row.cells for row in table.rows[:100]] == entries[:100]
        assert len(table.rows) == READ
        del table
        found.append(
            _row(f"books_{name}", ours, "s CPU for 200,000 rows", "python-calamine, cells alone", peer)
        )
    out = io.BytesIO()
    ours, _ = _spent(lambda: write_xlsx(out, "名册", heads, entries[:WRITTEN]))
    found.append(_row("books_write_xlsx", ours, "s CPU for 100,000 rows", None, None))
    tracemalloc.start()
    read(text.getvalue(), "x", heads)
    found.append(_row("books_held", tracemalloc.get_traced_memory()[1] / 2**20, "MiB at most", None, None))
    tracemalloc.stop()
    return found


def made(heads: Any) -> list[dict[str, str]]:
    """Entries of a made-up register: codes and telephones of their own, the rest repeating as it does in life."""
    dice = random.Random(7)
    return [
        dict(
            zip(
                (head.name for head in heads),
                (
                    f"{4299810000 + n}", f"名字{dice.randrange(10**6)}", f"第{n // 400}村", f"1{dice.randrange(10**9, 10**10)}",
                    str(dice.randrange(9)), f"{dice.randrange(1, 9999) / 4:.15g}", f"20{10 + n % 15}-0{1 + n % 9}-1{n % 9}",
                    "是" if n % 3 else "否", f"{n % 77} 号院（北）", "常住",
                ),
                strict=True,
            )
        )
        for n in range(READ)
    ]  # fmt: skip


def _spent(run: Any) -> tuple[float, Any]:
    began = time.process_time()
    result = run()
    return time.process_time() - began, result


def _row(name: str, value: float, unit: str, peer: str | None, peer_value: float | None) -> dict[str, Any]:
    ratio = peer_value / value if peer_value else None
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "peer": peer,
        "peer_value": peer_value,
        "ratio": ratio,
    }
