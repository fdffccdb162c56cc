"""Files of papers: which kind it is, and one reader for each."""
