from django.apps import AppConfig


class JudgeConfig(AppConfig):
    name = "anlan.judge"
    label = "judge"

    def ready(self) -> None:
        from anlan.foundation import packs
        from anlan.judge.rules import neighbour, thresholds

        packs.checked_by("threshold", thresholds.compile_pack)
        packs.checked_by(
            "neighbour", lambda p: neighbour.NeighbourRule.from_data(p.data, pack=p.id, version=p.version)
        )
