"""Codes of diagnoses and findings: which there are, and search in their names."""
