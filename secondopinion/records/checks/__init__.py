"""What a page is: pure functions on its numbers and its text, without a database. The data files
beside this package hold what they know of each language."""
