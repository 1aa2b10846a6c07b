"""Attacks that stand in sources, in every format that is read, and whether any of them succeeds."""
