"""The call-down's settings, read from the pack that governs a place today."""

from functools import lru_cache

from anlan.call.rules.calldown.settings import CallSettings
from anlan.foundation.context import Ctx
from anlan.foundation.packs.pack import Pack
from anlan.foundation.shelf import the


def call_settings(ctx: Ctx, code: str = "") -> CallSettings:
    return _call_settings(the(ctx, "call_down", code))


@lru_cache(maxsize=32)
def _call_settings(pack: Pack) -> CallSettings:
    return CallSettings.from_pack(pack.data)
