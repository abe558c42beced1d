from django.apps import AppConfig


class MoveConfig(AppConfig):
    name = "anlan.move"
    label = "move"

    def ready(self) -> None:
        from anlan.foundation import packs
        from anlan.move.rules.evacuation import EvacuationSettings

        packs.checked_by("evacuation", lambda pack: EvacuationSettings.from_pack(pack.data))
        from anlan.move import derived  # noqa: F401  (registers what follows from entries)
