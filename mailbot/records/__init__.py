"""Frozen values that rules hand to stages, letters and reports."""
