"""Formats of marked-up text: reStructuredText, rich text, XML and what is written in it."""
