"""Questionnaires and the director's figures."""
