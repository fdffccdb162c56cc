"""Semantic Scholar: searches, details, recommendations, looking up."""
