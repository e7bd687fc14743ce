"""Registers the room conversations with Django."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "secondopinion.conversations"
    label = "conversations"
    default_auto_field = "django.db.models.BigAutoField"
