"""People, sign-in, staff roles and the guardianship graph."""
