"""arXiv: feeds of announcements, the query API, the archive."""
