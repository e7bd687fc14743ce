"""Registers the room followup with Django."""

from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "secondopinion.followup"
    label = "followup"
    default_auto_field = "django.db.models.BigAutoField"
