"""What is checked in images: pure functions over headers and measured pixels, without a database.

The server runs them over what is stored, the command over what lies on a disk.
"""
