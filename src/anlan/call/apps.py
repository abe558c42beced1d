from django.apps import AppConfig


class CallConfig(AppConfig):
    name = "anlan.call"
    label = "call"

    def ready(self) -> None:
        from anlan.call.rules.calldown.settings import CallSettings
        from anlan.call.rules.contact_lost import ContactLostSettings
        from anlan.call.rules.doorcheck import DoorCheckSettings
        from anlan.call.rules.standing import StandingOrder
        from anlan.foundation import packs

        packs.checked_by("call_down", lambda pack: CallSettings.from_pack(pack.data))
        packs.checked_by("standing_orders", lambda pack: StandingOrder.from_pack(pack.data))
        packs.checked_by("door_check", lambda pack: DoorCheckSettings.from_pack(pack.data))
        packs.checked_by("contact_lost", lambda pack: ContactLostSettings.from_pack(pack.data))
        from anlan.call import handlers  # noqa: F401  (registers what this room does)
