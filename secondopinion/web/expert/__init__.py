"""Pages of specialists."""
