"""Registers of a county: 200,000 duty holders from a file, a list of a million households, a search among a million names."""

import io
import random
import statistics
import time
import tracemalloc
from typing import Any

HOLDERS, ENTRIES, VILLAGES = 200_000, 1_000_000, 400
ASKED = 7
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许", "建国伟芳秀英敏静丽强磊军洋勇艳杰娟涛明超"


def rows() -> list[dict[str, Any]]:
    """CPU seconds of a file, and milliseconds of a list; the peer is the goal."""
    from anlan.conf.install import ready

    ready()
    from anlan.foundation import worlds

    ctx = worlds.context(worlds.get("live"))
    _divisions(ctx)
    found = _file(ctx)
    _households()
    _objects()
    return found + _lists(ctx)


def _row(name: str, value: float, unit: str, goal: float) -> dict[str, Any]:
    return {
        "name": f"registers_{name}",
        "value": value,
        "unit": unit,
        "peer": "goal",
        "peer_value": goal,
        "ratio": goal / max(value, 1e-9),
    }


def _divisions(ctx: Any) -> None:
    from datetime import date

    from anlan.places.actions import DivisionRow, load_divisions

    def row(code: str, parent: str, tier: int, name: str, kind: str) -> DivisionRow:
        return DivisionRow(
            code,
            parent,
            tier,
            name,
            kind,
            111.5,
            30.5,
            [],
            False,
            False,
            0,
            0,
            0,
            [("nbs", code, date(2000, 1, 1), None)],
        )

    towns = [f"429981{n:03d}" for n in range(1, 21)]
    load_divisions(
        ctx,
        [row("429981", "", 2, "安河县", "county")]
        + [row(code, "429981", 3, f"第{n}镇", "town") for n, code in enumerate(towns)]
        + [
            row(f"{town}{n:03d}", town, 4, f"第{n}村", "village")
            for town in towns
            for n in range(1, VILLAGES // 20 + 1)
        ],
    )


def _file(ctx: Any) -> list[dict[str, Any]]:
    from anlan.foundation import held
    from anlan.people.holder_register import HOLDERS as REGISTER
    from anlan.places.atlas import atlas
    from anlan.registers import uploads
    from anlan.registers.books.writing import csv_lines
    from anlan.registers.columns import Look

    dice, villages = random.Random(7), [p.code for p in atlas().places if p.tier == 4]
    made = (
        {"place": villages[n % VILLAGES], "name": "".join((dice.choice(SURNAMES), dice.choice(GIVEN), dice.choice(GIVEN), str(n))),
         "phone": f"138{n:08d}", "kind": "网格员", "level": "村级", "title": "网格员"}
        for n in range(HOLDERS)
    )  # fmt: skip
    book = io.BytesIO()
    book.writelines(csv_lines(REGISTER.heads(Look(ctx)), made))
    began = time.process_time()
    looked = uploads.look(ctx, REGISTER, book.getvalue(), "holders.csv")
    read = time.process_time() - began
    assert looked.counts["new"] == HOLDERS, (looked.counts, looked.judged.of("wrong")[:1])
    began = time.process_time()
    uploads.save_file(ctx, REGISTER, looked, "F-bench")
    added = time.process_time() - began
    lock = max(each.worst for each in held._held.values()) / 1000 if held._held else 0.0
    tracemalloc.start()
    del looked
    part = book.getvalue().splitlines(keepends=True)
    uploads.look(ctx, REGISTER, b"".join(part[: HOLDERS // 10]), "holders.csv")
    memory = tracemalloc.get_traced_memory()[1] / 2**20 * 10
    tracemalloc.stop()
    return [
        _row("file_read", read, "s CPU for 200,000 rows", 20),
        _row("file_added", added, "s CPU for 200,000 rows", 90),
        _row("file_held", memory, "MiB for 200,000 rows, ten times a tenth", 500),
        *([_row("file_lock", lock, "s", 90)] if lock else []),
    ]


def _households() -> None:
    from anlan.people.models import Household
    from anlan.places.atlas import atlas

    villages = [p.id for p in atlas().places if p.tier == 4]
    dice = random.Random(7)
    for first in range(0, ENTRIES, 50_000):
        Household.objects.bulk_create(
            (
                Household(
                    ref=f"HH-{n}", place_id=villages[n % VILLAGES], group=1 + n % 9, lon=111.5, lat=30.5, members=4, at_home=2,
                    in_danger=dice.random() < 0.1, frail=dice.random() < 0.2, synthetic=False,
                )
                for n in range(first, first + 50_000)
            ),
            batch_size=2000,
        )  # fmt: skip


def _objects() -> None:
    from anlan.places.atlas import atlas
    from anlan.places.models import WatchedObject

    villages, kinds = [p.id for p in atlas().places if p.tier == 4], ("reservoir", "pond", "levee", "school")
    dice = random.Random(7)
    for first in range(0, ENTRIES, 50_000):
        WatchedObject.objects.bulk_create(
            (
                WatchedObject(
                    ref=f"OB-{n}", place_id=villages[n % VILLAGES], kind=kinds[n % 4], lon=111.5, lat=30.5, synthetic=False,
                    name=f"{dice.choice(SURNAMES)}家{dice.choice(GIVEN)}{dice.choice(GIVEN)}水库{n}",
                )
                for n in range(first, first + 50_000)
            ),
            batch_size=2000,
        )  # fmt: skip


def _lists(ctx: Any) -> list[dict[str, Any]]:
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from anlan.places.atlas import atlas
    from anlan.ui import shared

    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    client.force_login(_officer(ctx))
    village, town = (next(p.code for p in atlas().places if p.tier == tier) for tier in (4, 3))
    found = []
    for name, path, goal in (
        ("list", f"households?place={village}&in_danger=是&frail=是", 150),
        ("list_town", f"households?place={town}&in_danger=是&frail=是", 150),
        ("list_all", "households", 150),
        ("search_some", "objects?q=秀英", 50),
        ("search_none", "objects?q=龘龘", 50),
    ):
        whole, asked = [], []
        for _ in range(ASKED):
            shared.forget()
            began = time.perf_counter()
            with CaptureQueriesContext(connection) as queries:
                reply = client.get(f"/w/live/registers/{path}")
            whole.append(1000 * (time.perf_counter() - began))
            asked.append(1000 * sum(float(q["time"]) for q in queries))
            assert reply.status_code == 200, reply.status_code
        found.append(_row(f"page_{name}", statistics.median(whole), "ms wall", goal))
        found.append(
            _row(
                f"records_{name}",
                statistics.median(asked),
                "ms in the records",
                20 if name.startswith("list") else 50,
            )
        )
    return found


def _officer(ctx: Any) -> Any:
    """Of the whole county."""
    from anlan.people import actions as people
    from anlan.people.accounts import administration
    from anlan.people.models import Account
    from anlan.places.atlas import atlas

    county = atlas().city.id
    people.load_organisations(ctx, [people.OrganisationRow("O-1", "县应急管理局", "emergency", county, "")])
    people.make_post(
        ctx, ref="POST-1", organisation="O-1", title="值班员", role="administrator", places=[county]
    )
    administration.create_account(
        ctx,
        username="officer",
        name="李守夜",
        password="rain-of-the-night-7",
        post_ref="POST-1",
        totp_secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    )
    return Account.objects.get(username="officer")
