"""One thing that waits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from anlan.judge.rules.urgency import Harm
from anlan.places.queries import Place


@dataclass(frozen=True, kw_only=True)
class Wait:
    """待办事实: `key` names it for as long as it waits; `facts` hold what its sentence needs."""

    kind: str
    """lost, silent, calling, help, count, refusal, alert, refused_call_out, held, sheet, forecast."""
    key: str
    place: Place
    since: datetime
    due_at: datetime | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    harm: Harm = Harm.PAPER
