from django.apps import AppConfig


class CallConfig(AppConfig):
    name = "anlan.call"
    label = "call"

    def ready(self) -> None:
        from anlan.call import handlers  # noqa: F401  (registers what this room does)
