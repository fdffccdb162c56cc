"""One module per paper source, and the one door to HTTP that they share."""
