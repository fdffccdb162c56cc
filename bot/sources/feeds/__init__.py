"""RSS and Atom feeds that people add: read apart, trusted with nothing."""
