"""Second Opinion: remote second opinions for children."""
