from django.apps import AppConfig


class WarnConfig(AppConfig):
    name = "anlan.warn"
    label = "warn"

    def ready(self) -> None:
        from anlan.foundation import packs
        from anlan.judge import watching
        from anlan.observe import silence
        from anlan.warn import handlers  # noqa: F401  (registers what this room does)
        from anlan.warn.queries import high, rows
        from anlan.warn.rules.alert import AlertSettings

        packs.checked_by("approval", lambda pack: AlertSettings.from_pack(pack.data))
        silence.also_close_in(high.places)
        watching.also_red(rows.stood_at_red)
