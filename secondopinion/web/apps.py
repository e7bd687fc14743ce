"""Registers the room web with Django."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "secondopinion.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
