from django.apps import AppConfig


class JudgeConfig(AppConfig):
    name = "anlan.judge"
    label = "judge"
