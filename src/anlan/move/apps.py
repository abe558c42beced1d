from django.apps import AppConfig


class MoveConfig(AppConfig):
    name = "anlan.move"
    label = "move"

    def ready(self) -> None:
        from anlan.move import derived  # noqa: F401  (registers what follows from entries)
