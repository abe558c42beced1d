from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "anlan.demo"
    label = "demo"

    def ready(self) -> None:
        from anlan.demo import officers  # noqa: F401  (registers the simulated issuer and what was published)
