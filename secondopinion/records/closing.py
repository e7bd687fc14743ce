"""Translations are closed with the records that are closed to all who neither find out whose they
are nor sent them."""

from secondopinion.records.queries import closed
from secondopinion.translation.closing import closes

closes(closed)
