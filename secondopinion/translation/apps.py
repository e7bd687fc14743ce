"""Registers the room translation with Django."""

from django.apps import AppConfig


class TranslationConfig(AppConfig):
    name = "secondopinion.translation"
    label = "translation"
    default_auto_field = "django.db.models.BigAutoField"
