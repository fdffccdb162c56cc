"""One package per chat platform; each fulfils ChatPlatform and knows nothing of the others."""
