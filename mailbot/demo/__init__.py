"""Embedded servers, sample units and a simulated fortnight."""
