"""Which addresses are fetched: those of the public web, whatever way they are spelled, named or dressed up.

A host is resolved once, every address that it has must be a public one, and the connection then goes to an address
that was checked, so that a name cannot mean something else a moment later (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from rag.errors import SourceError, UsageError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Permit = Callable[[Address], bool]
"""Says whether an address may be connected to."""

_LONGEST = 2000
_PORTS = {"http": 80, "https": 443}
_KEPT = "%/:=&?~#+!$,;'@()*[]"
"""Characters that stand in an address as they are, letters and digits aside."""
# The IANA registries of special-purpose addresses, and multicast. Written out, because what the standard library calls
# global has changed from one release to the next.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        "168.63.129.16/32",  # public by its number, but the machine's own host wherever it answers (Azure)
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is given out; the rest is local, multicast or reserved."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""RFC 6052: the last four bytes are the IPv4 address that is meant."""


@dataclass(frozen=True, slots=True)
class Place:
    """An address of a page, taken apart."""

    url: str
    """Without a fragment, and with nothing in it that has to be written out as `%`."""
    host: str
    """In ASCII, as it is looked up."""
    port: int
    secure: bool
    target: str
    """Path and query: what is asked of the host."""


def is_public(address: Address) -> bool:
    """Say whether an address is on the public internet; an IPv4 address in IPv6 clothing is taken for what it is."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(address.packed[-4:]))
        if address not in _GLOBAL_UNICAST:
            return False
    return not any(address in network for network in _NOT_PUBLIC)


def parse(url: str) -> Place:
    """Return an address of a page, taken apart. Raises UsageError for one that is not fetched."""
    if len(url) > _LONGEST or any(character.isspace() or not character.isprintable() for character in url):
        raise UsageError("This is no address of a page. Copy it from the browser's address bar.")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = _in_ascii(parts.hostname or "")
    except (ValueError, UnicodeError) as error:
        raise UsageError(f"{url} is no address of a page ({error}). Copy it from the browser's address bar.") from error
    scheme = parts.scheme.lower()
    if scheme not in _PORTS:
        raise UsageError(f"{url} is not fetched: only addresses that begin with http:// or https:// are.")
    if parts.username is not None or parts.password is not None:
        raise UsageError("An address with a user name or password in it is not fetched. Leave them out.")
    if not host or port == 0:
        raise UsageError(f"{url} names no host. Copy the address from the browser's address bar.")
    target = quote(urlunsplit(("", "", parts.path or "/", parts.query, "")), safe=_KEPT)
    shown = f"[{host}]" if ":" in host else host
    whole = f"{scheme}://{shown}{'' if port in (None, _PORTS[scheme]) else f':{port}'}{target}"
    return Place(whole, host, port or _PORTS[scheme], scheme == "https", target)


def _in_ascii(host: str) -> str:
    return host if host.isascii() else host.encode("idna").decode("ascii")


def resolve(place: Place, permit: Permit) -> list[str]:
    """Return every address of a host, as a number; all of them are permitted.

    The system's resolver reads the odd spellings of numbers too (`127.1`, `0x7f000001`, `2130706433`), so they are
    judged by what they mean. Raises UsageError where one address is not permitted, SourceError where there is none.
    """
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceError(f"{place.host} is not known. Check the address, and that you are online.") from error
    addresses = list(dict.fromkeys(str(where[0]) for *_, where in found))
    if not all(permit(ipaddress.ip_address(address.partition("%")[0])) for address in addresses):
        raise UsageError(f"{place.host} is not fetched: its address is inside a network, and not on the public web.")
    return addresses
