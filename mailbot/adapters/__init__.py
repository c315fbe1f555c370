"""One library each; the world outside begins here."""
