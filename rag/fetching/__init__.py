"""Fetching one address of the public web: never an address inside the network, never more or longer than allowed.

`addresses` says what may be connected to, `fetch` goes there.
"""

from __future__ import annotations

from rag.fetching.addresses import Permit, is_public
from rag.fetching.fetch import Fetched, FetchLimits, fetch

__all__ = ["FetchLimits", "Fetched", "Permit", "fetch", "is_public"]
