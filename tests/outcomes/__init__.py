"""What families say some weeks after the report."""
