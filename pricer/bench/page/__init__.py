"""The page under load: what a long run of the Tester costs a visitor's connection, browser and patience.

The page is served over an estimator that answers from a table and driven by a real Chromium: it is showing that is
measured, not pricing.
"""
