"""On the Record: question answering that can be quoted from."""

__version__ = "0.1.0"
