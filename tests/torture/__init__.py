"""Kills, lost replies and cut lines, and a checker of what became of every mail."""
