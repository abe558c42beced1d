"""What an exercise came to, for `--json` and a screenful: from what the records and the reading store hold, nothing typed in.

Times carry +08:00. The contract is described in docs/reference/cli.md.
"""

from datetime import datetime
from typing import Any

from anlan.call.queries import replay
from anlan.exercise.field.client import FieldClient
from anlan.foundation import journal, worlds
from anlan.foundation.context import Ctx
from anlan.foundation.worlds import World, beijing
from anlan.judge.queries import exceedances
from anlan.observe import queries as observe
from anlan.prove.queries.proof import village_proofs
from anlan.warn.queries import rows as alerts


def report(world: World, *, path: str = "") -> dict[str, Any]:
    """The result of one exercise below a place; the whole home without one."""
    ctx = worlds.context(world)
    villages = [_plain(proof) for proof in village_proofs(ctx, path)]
    head = journal.head(ctx.world)
    return {
        "exercise": world.key,
        "scenario": world.scenario,
        "title": world.title,
        "seed": world.seed,
        "state": world.state,
        "frames": _frames(ctx, world),
        "exceedances": [{**row, "at": local(row["at"])} for row in exceedances.replayed(ctx)],
        "alerts": [{**row, "issued_at": local(row["issued_at"])} for row in alerts.replayed(ctx)],
        "villages": villages,
        "first_call_at": local(replay.first_call_at(ctx, path)),
        "last_proof_at": max((v["proof_at"] for v in villages if v["proof_at"]), default=None),
        "journal": {"entries": head.seq, "head": head.hash},
    }


def local(at: datetime | None) -> str | None:
    return beijing(at).isoformat(timespec="seconds") if at else None


def told(found: dict[str, Any]) -> list[str]:
    """The part of a screenful that every exercise has."""
    villages = found["villages"]
    return [
        f"报文  发出 {found['frames']['sent']}，确认 {found['frames']['accepted']}，入库 {found['frames']['stored']}",
        f"研判  {len(found['exceedances'])} 次，预警 {len(found['alerts'])} 条",
        f"叫应  首呼 {found['first_call_at'] or '没有'}，{len(villages)} 村（社区）中 {_count(villages, 'answered_at')} 个应答、"
        f"{_count(villages, 'door_checked_at')} 个敲门",
        f"转移  应转 {sum(v['households_to_move'] for v in villages)} 户，点名转移 {sum(v['households_moved'] for v in villages)} 户",
    ]


def _count(villages: list[dict[str, Any]], name: str) -> int:
    return sum(bool(v[name]) for v in villages)


def _plain(proof: Any) -> dict[str, Any]:
    times = ("called_at", "answered_at", "door_checked_at", "proof_at")
    return {
        "code": proof.code,
        "name": proof.name,
        **{name: local(getattr(proof, name)) for name in times},
        "answered_by": proof.answered_by or None,
        "channel": proof.channel or None,
        "households_to_move": proof.households_to_move,
        "households_moved": proof.households_moved,
    }


def _frames(ctx: Ctx, world: World) -> dict[str, int]:
    field = FieldClient(world.key)
    counted = field.ask("counts")
    field.close()
    return {"sent": counted["sent"], "accepted": counted["acked"], "stored": observe.counts(ctx)["stored"]}
