"""Pages of the director and the privacy officer."""
