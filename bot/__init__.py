"""Paperboy: a daily pick of new research papers for a chat channel, better every day."""

__version__ = "0.1.0"
