"""Requests of the API that were answered, so that the same key is the same request."""

from django.db import models

from anlan.foundation.context import WORLD_WIDE
from anlan.foundation.models import Happening


class ApiRequest(Happening):
    """接口请求: what was answered to one key of one account; the same key again gets the same answer and does nothing."""

    scope_by = WORLD_WIDE

    actor = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    digest = models.CharField(max_length=64)  # of method, address and body
    status = models.IntegerField(default=0)
    body = models.TextField(blank=True)
    answered_at = models.DateTimeField(auto_now_add=True)  # real time

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "actor", "key"], name="api_request_once")]
