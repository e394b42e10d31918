"""What one visitor has on the page: prices and runs."""
