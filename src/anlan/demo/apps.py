from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "anlan.demo"
    label = "demo"

    def ready(self) -> None:
        from anlan.demo import officers  # noqa: F401  (registers the simulated issuer and what was published)
        from anlan.demo.exercises import LIULIN_NIGHT
        from anlan.foundation import scenarios

        scenarios.register(LIULIN_NIGHT)
