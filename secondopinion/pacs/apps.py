"""Registers the room pacs with Django."""

from django.apps import AppConfig


class PacsConfig(AppConfig):
    name = "secondopinion.pacs"
    label = "pacs"
    default_auto_field = "django.db.models.BigAutoField"
