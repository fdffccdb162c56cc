"""The sample papers: real titles, ids, authors, categories and dates; summaries written for this project."""
