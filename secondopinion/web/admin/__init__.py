"""Pages of the administrator and the director: the program and its staff."""
