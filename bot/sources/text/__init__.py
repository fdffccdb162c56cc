"""Titles and abstracts as people read them: LaTeX and markup become Unicode."""
