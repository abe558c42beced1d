"""All addresses. What happens in a world stands under /w/<world>/, so that nobody mistakes an exercise for the night."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
