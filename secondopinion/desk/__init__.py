"""The intake team's own: its worklist, saved views, shifts, and steps that can be undone."""
