"""Hugging Face: Daily Papers, trending, search."""
