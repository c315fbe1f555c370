"""The command line: one module per command group; docstrings are the help."""
