"""Pages of translators and of those who check translations."""
