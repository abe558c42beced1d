from django.apps import AppConfig


class ObserveConfig(AppConfig):
    name = "anlan.observe"
    label = "observe"

    def ready(self) -> None:
        from anlan.observe.actions import imports, mending  # noqa: F401  (registers what the engine does for this room)
