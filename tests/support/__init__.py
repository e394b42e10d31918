"""What tests lean on: fakes, tiny models, browsers, servers."""
