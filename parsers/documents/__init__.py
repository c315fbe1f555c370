"""Readers for the formats units send: one module a format, `registry` chooses."""
