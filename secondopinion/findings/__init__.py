"""Finding: one model for what any check says."""
