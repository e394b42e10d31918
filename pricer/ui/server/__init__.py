"""What keeps the page's server within bounds: limits, memory, log, readiness."""
