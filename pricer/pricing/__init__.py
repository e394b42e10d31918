"""Pricing: from a description to a prompt, and from a next-token distribution to a price. No torch, no model."""
