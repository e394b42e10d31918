"""Catalogues: a price for every row of a table, from a pasted list to millions of rows on many machines."""
