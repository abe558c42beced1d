from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "anlan.foundation"
    label = "foundation"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from anlan.foundation import kept

        connection_created.connect(kept.watch)
