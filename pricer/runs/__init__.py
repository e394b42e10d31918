"""Runs: the Tester, what it finds, and the folders in which runs are kept."""
