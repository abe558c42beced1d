from django.apps import AppConfig


class SimulateConfig(AppConfig):
    name = "anlan.simulate"
    label = "simulate"

    def ready(self) -> None:
        from anlan.simulate import live  # noqa: F401  (registers the live cycle's due work)
