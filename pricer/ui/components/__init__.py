"""Components of the page, a folder each with its own files, and what they share."""
