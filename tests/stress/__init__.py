"""Load, memory and slow faults of the real server: `make stress`, minutes long, and no part of `make test`."""
