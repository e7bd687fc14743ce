"""Documents and their pages: type, language, legibility, text."""
