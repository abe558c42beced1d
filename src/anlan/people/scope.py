"""From a post to what its holder may see and do. The one place where scopes are built."""

from anlan.foundation import crypto, packs
from anlan.foundation.context import Actor
from anlan.foundation.scope import Scope
from anlan.people.models import Account


def actor_of(account: Account) -> Actor:
    """The actor behind an account: role and permissions of its post."""
    post = account.post
    return Actor(
        ref=post.ref,
        role=post.role,
        permissions=permissions_of(post.role),
        account_id=account.pk,
        organisation=post.organisation.name,
        name=crypto.mask_name(crypto.unseal(account.name_sealed, account.username)),
    )


def scope_of(account: Account) -> Scope:
    """The places of the post and those that its organisation commands, also outside the tree."""
    post = account.post
    paths = [
        *post.places.values_list("path", flat=True),
        *post.organisation.commands.values_list("path", flat=True),
    ]
    return Scope.of(*paths)


def permissions_of(role: str) -> frozenset[str]:
    """What the roles pack grants."""
    roles = packs.library().get("roles").data["roles"]
    return frozenset(next((r["permissions"] for r in roles if r["id"] == role), ()))
