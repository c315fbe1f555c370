"""The daemon: joins parsers and store in the order of a mail's path."""
