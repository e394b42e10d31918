"""Items: products with known prices, read from anybody's files and data sets."""
