"""Registers the room records with Django."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "secondopinion.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
