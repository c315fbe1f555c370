"""Pure rules: values in, verdicts with reasons out. No clock, disk, network, database or log."""
