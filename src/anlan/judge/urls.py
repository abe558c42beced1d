"""Addresses of back-tests."""

from django.urls import path

from anlan.judge.views import backtests

app_name = "judge"
W = "w/<str:world>/"


urlpatterns = [
    path(f"{W}packs/<str:id>/back-test", backtests.test, name="back-test"),
    path(f"{W}back-tests/<str:ref>", backtests.result, name="back-test-result"),
]
