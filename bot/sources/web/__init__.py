"""The one door to HTTP, and what comes through it: addresses, XML, JSON."""
