"""处置证明 as pages, files and the replay's report read it: facts of the journal, judged by rules.proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from anlan.foundation.context import Ctx
from anlan.people import queries as people
from anlan.places.atlas import Place, atlas
from anlan.prove.queries.proof.facts import facts_of
from anlan.prove.rules import proof as rules
from anlan.prove.rules.proof.shapes import Fact, VillageProof


@dataclass(frozen=True)
class VillageRow:
    """One village's proof with its place; people by their post, never by name."""

    place: Place
    proof: VillageProof
    answered_by: str
    """The post of whoever completed the answer (村党支部书记), empty while nobody has."""

    @property
    def code(self) -> str:
        return self.place.code

    @property
    def name(self) -> str:
        return self.place.name

    @property
    def called_at(self) -> datetime | None:
        return self.proof.called.at if self.proof.called else None

    @property
    def known_at(self) -> datetime | None:
        """When somebody there first knew; a call may have been placed later, or never."""
        return self.proof.known.at if self.proof.known else None

    @property
    def answered_at(self) -> datetime | None:
        return self.proof.answered.at if self.proof.answered else None

    @property
    def channel(self) -> str:
        return self.proof.channel

    @property
    def door_checked_at(self) -> datetime | None:
        return self.proof.door_checked.at if self.proof.door_checked else None

    @property
    def households_to_move(self) -> int:
        return self.proof.households_to_move or 0

    @property
    def households_moved(self) -> int:
        return self.proof.households_moved

    @property
    def households_named(self) -> int:
        return self.proof.households_named

    @property
    def proof_at(self) -> datetime | None:
        """From when it is provable that the village was reached; says nothing of moving."""
        return self.proof.proof_at


def village_proofs(ctx: Ctx, township_path: str, *, until: datetime | None = None) -> list[VillageRow]:
    """The proof of every village at or below a path, in path order, as far as the reader's scope goes."""
    facts = facts_of(ctx, township_path, until=until)
    villages = [v for v in atlas().under(township_path, 4) if ctx.scope.holds(v.path)]
    return rows_of(ctx, villages, facts)


def rows_of(ctx: Ctx, villages: Sequence[Place], facts: Sequence[Fact]) -> list[VillageRow]:
    """The proofs of these villages from facts already read."""
    proofs = [rules.village_proof(place=v.path, facts=facts) for v in villages]
    titles = {
        r: h.title
        for r, h in people.holders_by_ref(ctx, sorted({p.answered.who for p in proofs if p.answered})).items()
    }
    return [
        VillageRow(
            place=place,
            proof=proof,
            answered_by=titles.get(proof.answered.who, "") if proof.answered else "",
        )
        for place, proof in zip(villages, proofs, strict=True)
    ]
