"""Threads of a case between family, local provider, desk and expert."""
