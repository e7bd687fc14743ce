"""The case: who has a part in it, its workflow table, its clocks and its request."""
