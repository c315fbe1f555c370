"""The stages of a mail's path: each gathers, calls a rule, applies."""
