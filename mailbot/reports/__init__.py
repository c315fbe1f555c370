"""What the office reads: overviews computed from the store."""
