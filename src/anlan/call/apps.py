from django.apps import AppConfig


class WarnConfig(AppConfig):
    name = "anlan.warn"
    label = "warn"

    def ready(self) -> None:
        from anlan.observe import silence
        from anlan.warn import handlers  # noqa: F401  (registers what this room does)
        from anlan.warn.queries import high

        silence.also_close_in(high.places)
