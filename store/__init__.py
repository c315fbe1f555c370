"""What we keep. Knows nothing of mail or rules."""
