"""How people behave in the simulated telephone network: explicit settings, and draws of hash(seed, subject, purpose).

Nothing here is measured; every figure is a setting of the exercise and shown as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from anlan.exercise.chance import Chance

QUANTUM_S = 5
ON_FOOT_FROM_AFAR = ("neighbouring_township", "team", "next_group_on_high_ground")


@dataclass(frozen=True)
class NetworkSettings:
    """Delays, silence and dead cells of an exercise.

    `answers` is the share of calls that a role picks up; `silent_holders` the share of people who sleep through
    everything; `silent_places` codes of villages where nobody picks up; `dead_places` codes whose telephones stop
    working at `dead_from`; `wrong_numbers` the share of people whose number is a stranger's.
    """

    answers: Mapping[str, float]
    answers_default: float
    silent_holders: float
    silent_places: tuple[str, ...]
    dead_places: tuple[str, ...]
    dead_from: datetime | None
    pick_up_s: tuple[int, int]
    to_post_min: tuple[int, int]
    set_out_min: tuple[int, int]
    on_the_way_min: tuple[int, int]
    refusing_households: float
    wrong_numbers: float = 0.0

    @classmethod
    def of(cls, raw: Mapping[str, Any]) -> NetworkSettings:
        """From the JSON that the exercise was made with."""
        dead = raw.get("dead_from")
        return cls(
            answers=dict(raw["answers"]),
            answers_default=float(raw["answers_default"]),
            silent_holders=float(raw["silent_holders"]),
            silent_places=tuple(raw["silent_places"]),
            dead_places=tuple(raw["dead_places"]),
            dead_from=datetime.fromisoformat(dead) if dead else None,
            pick_up_s=(int(raw["pick_up_s"][0]), int(raw["pick_up_s"][1])),
            to_post_min=(int(raw["to_post_min"][0]), int(raw["to_post_min"][1])),
            set_out_min=(int(raw["set_out_min"][0]), int(raw["set_out_min"][1])),
            on_the_way_min=(int(raw["on_the_way_min"][0]), int(raw["on_the_way_min"][1])),
            refusing_households=float(raw["refusing_households"]),
            wrong_numbers=float(raw.get("wrong_numbers", 0)),
        )


@dataclass(frozen=True)
class Heard:
    """One thing that the network will report, at its time."""

    key: str
    at: datetime
    outcome: str
    digit: int | None = None
    households: int | None = None
    people: int | None = None


class Behaviour:
    """What becomes of a request. Pure: the same request of the same seed always has the same future."""

    def __init__(self, settings: NetworkSettings, seed: int) -> None:
        self._set = settings
        self._chance = Chance(seed)

    def call(self, key: str, at: datetime, facts: Mapping[str, Any], moves_village: bool) -> list[Heard]:
        """The future of one call. `moves_village`: nobody of the village has been told to move before."""
        place, holder, role = str(facts["place"]), str(facts["holder"]), str(facts["role"])
        if self._is_dead(place, at, str(facts.get("line", ""))):
            return [Heard(key, self._after(at, 10), "unreachable")]
        if not self._picks_up(key, holder, role, place):
            return [Heard(key, self._after(at, 40), "no_answer")]
        low, high = self._set.pick_up_s
        answered = self._after(at, self._chance.whole(key, "pick up", low, high))
        if self._chance.unit(holder, "a stranger's number") < self._set.wrong_numbers:
            return [Heard(key, answered, "wrong_number")]
        heard = [Heard(key, answered, "answered", 1)]
        if facts.get("stage") == "move" and role.startswith(("village_", "group_")) and moves_village:
            heard += self.moving(key, holder, answered, facts)
        else:
            heard.append(
                Heard(key, self._minutes(answered, holder, "to post", self._set.to_post_min), "answered", 2)
            )
        return [h for h in heard if h is heard[0] or not self._is_dead(place, h.at, "")]

    def _picks_up(self, key: str, holder: str, role: str, place: str) -> bool:
        if place in self._set.silent_places and role not in ("township_leader", "township_deputy"):
            return False
        if self._chance.unit(holder, "sleeps through") < self._set.silent_holders:
            return False
        share = self._set.answers.get(role, self._set.answers_default)
        return self._chance.unit(key, "picks up") < share

    def moving(self, key: str, who: str, start: datetime, facts: Mapping[str, Any]) -> list[Heard]:
        """A village on the move: set out, counted in at the site in three parts, and the claim when done."""
        place = str(facts["place"])
        households, people = int(facts.get("households", 0)), int(facts.get("people", 0))
        set_out = self._minutes(start, who, "set out", self._set.set_out_min)
        heard = [Heard(key, set_out, "answered", 3)] if "/" in key else []
        refusing = sum(
            self._chance.unit(f"{place}-{n}", "refuses") < self._set.refusing_households
            for n in range(households)
        )
        moved = households - refusing
        arrived = set_out
        for part in range(3):
            share = moved * (part + 1) // 3 - moved * part // 3
            arrived = self._minutes(arrived, f"{place}{part}", "on the way", self._set.on_the_way_min)
            if share:
                residents = people * share // max(1, households)
                heard.append(Heard(f"count:{place}", arrived, "counted", None, share, residents))
        if "/" in key:
            if refusing:
                heard.append(Heard(key, self._after(arrived, 60), "answered", 5))
            residents = people * moved // max(1, households)
            heard.append(Heard(key, self._after(arrived, 120), "answered", 4, moved, residents))
        return heard

    def errand(self, key: str, at: datetime, facts: Mapping[str, Any], moves_village: bool) -> list[Heard]:
        """Someone at the door, or a gong from the hillside: what is reported, and the move that follows."""
        due, means = facts.get("arrives_at"), str(facts["errand"])
        far = timedelta(minutes=20 if means in ON_FOOT_FROM_AFAR else 6)
        arrival = datetime.fromisoformat(str(due)) if due else at + far
        seen = self._after(arrival, self._chance.whole(key, "at the door", 60, 240))
        outcome = "reached" if means == "person" or means in ON_FOOT_FROM_AFAR else "warned_from_afar"
        heard = [Heard(key, seen, outcome)]
        if moves_village and int(facts.get("households", 0)):
            heard += self.moving(key, str(facts["place"]), seen, facts)
        return heard

    def _is_dead(self, place: str, at: datetime, line: str) -> bool:
        gone = self._set.dead_from is not None and at >= self._set.dead_from
        return gone and place.startswith(self._set.dead_places or ("-",)) and not line.startswith("satellite")

    def _after(self, at: datetime, seconds: float) -> datetime:
        whole = max(QUANTUM_S, round(seconds / QUANTUM_S) * QUANTUM_S)
        return at + timedelta(seconds=whole)

    def _minutes(self, at: datetime, who: str, purpose: str, span: tuple[int, int]) -> datetime:
        return self._after(at, self._chance.whole(who, purpose, span[0] * 60, span[1] * 60))
