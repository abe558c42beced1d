"""One of each thing that happens, in Liulin: made by the actions themselves where there is one."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from django.db import transaction

from anlan.call.actions import calldown, doorchecks, hearing
from anlan.call.models import ContactLost, SignedOrder
from anlan.foundation import worlds
from anlan.foundation.actions import next_ref
from anlan.foundation.context import Ctx
from anlan.foundation.rules.grade import Grade
from anlan.foundation.writing import writing
from anlan.judge.actions import backtests
from anlan.judge.models import Exceedance, Threshold
from anlan.move.actions import moving
from anlan.observe.actions import imports
from anlan.places import layer_actions
from anlan.places.atlas import Place, atlas
from anlan.simulate.actions import ensembles, runs
from anlan.simulate.computing import folders
from anlan.simulate.computing.shapes import VillageFound
from anlan.simulate.maps import waters
from anlan.warn.actions.alerts.common import note
from anlan.warn.models import Alert
from tests.support import mapfiles
from tests.support.city import COUNTY, GAUGE, TOWN, VILLAGE, VILLAGE_2, Mini
from tests.support.grounds import keep_valley, make_valley, valley


def make_records(mini: Mini) -> dict[str, str]:
    """An exceedance, a call-down with an answer, an evacuation, an imported alert, contact lost, a data import; returns refs by kind."""
    ctx = mini.ctx()
    town, village = atlas().code(TOWN), atlas().code(VILLAGE)
    exceedance = _exceedance(ctx, mini)
    ref = calldown.open_calldown(
        ctx, township=town, villages=[village, atlas().code(VILLAGE_2)], grade=Grade.RED, stage="move",
        cause=exceedance, order_no="测试〔2021〕1号",
    )  # fmt: skip
    hearing.heard_answer(ctx, call_down=ref, holder="H-v1-secretary", kind=2, key="a-1", channel="desk")
    evacuation = moving.order_stage(ctx, village=village, stage="move", by="H-town-leader", tier="county")
    return {
        "exceedance": exceedance,
        "call_down": ref,
        "evacuation": evacuation,
        "alert": _alert(ctx, mini),
        "door_check": _door_check(ctx, ref),
        "contact_lost": _contact_lost(ctx, mini),
        "import": _import(mini),
        "layer": _layer(mini),
        "threshold": _threshold(mini),
        "order": _order(mini),
        "back_test": _back_test(ctx, village),
        "run": _run(mini, village),
        "ensemble": _ensemble(mini, village),
    }


def _order(mini: Mini) -> str:
    """A standing order of Liulin's county that was signed and has ended."""
    with writing():
        return SignedOrder.objects.create(
            ref="SO-1", place_id=mini.ids[COUNTY], document_no="随县防指〔2021〕1号", text="红色预警直接叫应。", starts=[], may_hold=True,
            signed_by="指挥长 王一", signed_at=mini.ctx().now, entered_by="U-1", expires=date(2022, 1, 1), ended_at=mini.ctx().now,
            ended_by="U-1", ended_why="换发新文",
        ).ref  # fmt: skip


def _threshold(mini: Mini) -> str:
    """A line of Liulin's own, of a day to come."""
    with writing():
        return Threshold.objects.create(
            ref="TH-1", place_id=mini.ids[VILLAGE], level="immediate", window="60", wetness="any", rain_tenths=315,
            starts=date(2030, 1, 1), source="柳林镇预案", confidence="B",
        ).ref  # fmt: skip


def _run(mini: Mini, village: Place) -> str:
    """A model run that was taken in, with water at one village."""
    ref = runs.order(
        mini.ctx("duty_officer"), title="", ground_ref=keep_valley(mini), solver="li", precision="f32", minutes=60,
        rain={"kind": "design", "mm_h": 80.0, "minutes": 60},
    )  # fmt: skip
    ctx = mini.ctx()
    runs.begin(ctx, ref=ref)
    water = VillageFound(depth_cm=120, arrives_min=30, households=3, curve=[(10, 20), (30, 120)])
    figures = {
        "mass_error": "1.0e-08",
        "fast_percent": 3,
        "steps": 900,
        "cells": 4,
        "kept_min": [30],
        "bounds": [113.2, 31.8, 113.25, 31.84],
    }
    runs.finish(ctx, ref=ref, figures=figures, villages={village.id: water}, reasons=[], known_at=ctx.now)
    _keep_grids(mini, ref)
    make_valley()
    return ref


def _keep_grids(mini: Mini, ref: str, **other: int) -> None:
    """What the run's computing process leaves: 0.4 m on the valley's two by two cells, after a quarter of an hour."""
    even = other or {
        "inside": 1,
        "deepest": 40,
        "arrival": 15,
        "fastest": 120,
        "rating": 168,
        "danger": 3,
        "arr": 2,
        "minute-30": 40,
    }
    grids = {name: np.full((2, 2), value, np.uint16) for name, value in even.items()}
    where = valley(2_000.0)
    frame = waters.Frame(where.west, where.north, where.dx, where.crs)
    waters.keep(folders.folder(mini.world.key, ref), grids=grids, frame=frame)


def _ensemble(mini: Mini, village: Place) -> str:
    """An ensemble that was taken in: in four of ten members water comes to one village."""
    ref = ensembles.order_ensemble(
        mini.ctx("duty_officer"), title="", ground_ref=keep_valley(mini), minutes=60, members=10,
        rain={"kind": "design", "mm_h": 80.0, "minutes": 60},
    )  # fmt: skip
    ctx = mini.ctx()
    runs.begin(ctx, ref=ref)
    water = VillageFound(
        depth_cm=20, arrives_min=40, households=0, curve=[(30, 10), (60, 20)], share_percent=40, low_cm=5, high_cm=90
    )  # fmt: skip
    figures = {"mass_error": "1.0e-08", "fast_percent": 3, "steps": 900, "cells": 4, "kept_min": [], "members": 10, "excluded": 0,
               "bounds": [113.2, 31.8, 113.25, 31.84], "times": {village.code: [30, 50]}}  # fmt: skip
    _keep_grids(mini, ref, share=40)
    runs.finish(ctx, ref=ref, figures=figures, villages={village.id: water}, reasons=[], known_at=ctx.now)
    return ref


def _door_check(ctx: Ctx, call_down: str) -> str:
    line = f"village:{atlas().code(VILLAGE_2).path}"
    return doorchecks.order(ctx, call_down=call_down, line=line)


def _contact_lost(ctx: Ctx, mini: Mini) -> str:
    row = ContactLost.objects.create(
        world_id=ctx.world.id, ref=next_ref(ctx, "L"), place_id=mini.ids[TOWN], since=ctx.now,
        why={"kind": "holder", "silent": [f"village:{atlas().code(VILLAGE_2).path}"]}, step_deadline=ctx.now + timedelta(minutes=5),
    )  # fmt: skip
    return row.ref


def _exceedance(ctx: Ctx, mini: Mini) -> str:
    row = Exceedance.objects.create(
        world_id=ctx.world.id, ref=next_ref(ctx, "X"), pack="village-rain", rule_version="v1", place_id=mini.ids[VILLAGE],
        level=4, stage="immediate", onset=ctx.now - timedelta(minutes=5), known_at=ctx.now, quantity="rain", value=835,
        threshold=700, window_min=60,
    )  # fmt: skip
    return row.ref


def _alert(ctx: Ctx, mini: Mini) -> str:
    row = Alert.objects.create(
        world_id=ctx.world.id, ref=next_ref(ctx, "A"), source="imported", issuer_name="随县气象台", event_type="11B03",
        level=4, state="issued", place_id=mini.ids[TOWN], headline="随县气象台发布柳林镇暴雨红色预警信号",
        drafted_at=ctx.now, drafted_by="import", issued_at=ctx.now, expires_at=ctx.now + timedelta(hours=3),
    )  # fmt: skip
    row.names.set([mini.ids[TOWN], mini.ids[COUNTY]][:1])
    with transaction.atomic():
        note(ctx, row, "imported", doubtful=False)
    return row.ref


def _import(mini: Mini) -> str:
    rows = f"station,time,value\n{GAUGE},2021-08-12 03:00,1.5\n".encode()
    return imports.begin(mini.ctx("station_engineer"), name="柳林站.csv", data=rows)


def _layer(mini: Mini) -> str:
    """A boundary that waits to be confirmed, with a shape that is nobody's."""
    ctx = replace(mini, world=worlds.get("live")).ctx("administrator")
    rows = [(mapfiles.box(113.22, 31.53), {"MC": "联盟村"}), (mapfiles.bow_tie(113.3, 31.5), {"MC": "无名"})]
    data = mapfiles.geojson(rows)
    return layer_actions.begin(
        ctx, layer_actions.look(ctx, kind="boundary", name="柳林村界.geojson", data=data), data
    )


def _back_test(ctx: Ctx, village: Place) -> str:
    rain = backtests.read_csv(
        "2021-08-12 03:00,10\n2021-08-12 03:05,20.5\n2021-08-12 03:10,30\n", name="柳林站"
    )
    return backtests.run(
        ctx, pack="village-rain-shuanghe", rain=rain, place=village, events="2021-08-12 04:40", from_level=3, lead_hours=6
    )  # fmt: skip
