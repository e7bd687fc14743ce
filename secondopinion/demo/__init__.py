"""The seeded demonstration: real actions on real files."""
