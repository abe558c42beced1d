"""From a post to what its holder may see and do. The one place where scopes are built."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from anlan.foundation import crypto, packs, rooms, worlds
from anlan.foundation.context import Actor, Ctx
from anlan.foundation.home import home
from anlan.foundation.scope import STEP, Scope
from anlan.foundation.worlds import World
from anlan.people.models import Account, Post
from anlan.places.atlas import atlas


def context_of(account: Account, world: World) -> Ctx:
    """The context in which an account acts in a world."""
    return worlds.context(world, actor=actor_of(account), scope=scope_of(account))


def actor_of(account: Account) -> Actor:
    """The actor behind an account: role and permissions of its post.

    `ref` is the account's own, so that two people at one post are two, and one person is the same at every post.
    """
    post = account.post
    return Actor(
        ref=account.ref,
        role=post.role,
        permissions=permissions_now(account),
        account_id=account.pk,
        organisation=post.organisation.name,
        unit=post.organisation.ref,
        post=post.ref,
        title=post.title,
        name=crypto.mask_name(crypto.unseal(account.name_sealed, account.username)),
    )


def scope_of(account: Account) -> Scope:
    """What the holder of the account's post sees."""
    return scope_at(account.post)


def scope_at(post: Post) -> Scope:
    """The places of the post and those that its organisation commands, also outside the tree.

    Who holds the root of the tree holds everything, also what has no place.
    """
    paths = {place.path for place in (*post.places.all(), *post.organisation.commands.all())}
    roots = {place.path for place in atlas().places if len(place.path) == STEP}
    return Scope.everywhere() if roots and roots <= paths else Scope.of(*paths)


def permissions_of(role: str) -> frozenset[str]:
    """What the roles pack grants; a role that it does not name may do nothing."""
    return _granted().get(role, frozenset())


def permissions_now(account: Account) -> frozenset[str]:
    """The same without approving and issuing, for some hours after others made, reset or moved the account."""
    granted = permissions_of(account.post.role)
    rests = account.rests_until is not None and datetime.now(UTC) < account.rests_until
    return granted - frozenset(_change()["rest"]) if rests else granted


def needs_second(post: Post) -> bool:
    """Whether an account at this post is made, reset or moved by two administrators alone."""
    return not permissions_of(post.role).isdisjoint(_change()["second"])


def rest() -> timedelta:
    """How long such an account neither approves nor issues."""
    return timedelta(hours=int(_change()["rest_hours"]))


def _change() -> Any:
    return packs.get("roles", home=home()).data["change"]


def roles() -> dict[str, dict[str, str]]:
    """Role code → its title in both languages."""
    pack = packs.get("roles", home=home())
    return {role["code"]: dict(role["title"]) for role in pack.data["role"]}


@cache
def _granted() -> dict[str, frozenset[str]]:
    may = {role["code"]: set(role["may"]) for role in packs.get("roles", home=home()).data["role"]}
    named = set().union(*may.values())
    for permission, holders in rooms.merged("permissions").items():
        for role in set(holders) & may.keys() if permission not in named else ():
            may[role].add(permission)
    return {role: frozenset(held) for role, held in may.items()}
