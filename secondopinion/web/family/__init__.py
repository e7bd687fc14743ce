"""Pages of families and local providers."""
