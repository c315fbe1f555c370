"""Bytes in, facts out. Knows nothing of the store or the daemon."""
