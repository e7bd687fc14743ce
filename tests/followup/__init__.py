"""Questions after the report."""
