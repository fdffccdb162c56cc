"""Which addresses given by people may be asked at all: public ones on the web, and hosts that the operator allows."""

import re
import socket
from collections.abc import Collection
from datetime import timedelta
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

LARGEST = 5 << 20
"""Bytes of an unpacked answer from such an address."""

LONGEST = timedelta(seconds=20)
"""For one try, with all its redirects."""

MOST_TRIES = 2

PRIVATE = "feeds at private addresses are not read; the operator can allow the host"
NO_WEB_ADDRESS = "its address is not a web address"
CREDENTIALS = "addresses with a name or password in them are not read"

# iana.org/assignments/iana-ipv4-special-registry; the standard library's list differs by Python version.
_NOT_PUBLIC = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",  # carrier-grade NAT; also one cloud's metadata
            "127.0.0.0/8",
            "168.63.129.16/32",  # Azure's metadata, on a public address
            "169.254.0.0/16",  # link-local; most clouds' metadata
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
# Of IPv6, global unicast alone is public (iana.org/assignments/ipv6-address-space), without these parts of it:
# protocol assignments and Teredo, documentation, 6to4, documentation again.
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
# How a network without IPv4 shows the IPv4 internet (RFC 6052): as public as the address inside.
_NAT64 = IPv6Network("64:ff9b::/96")

_HOST_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*", re.IGNORECASE | re.ASCII)
# A last label like this makes the system's resolver read the whole as an IPv4 address (url.spec.whatwg.org).
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE | re.ASCII)


class AddressRefusedError(Exception):
    """The address is not asked; the text says why in plain words."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet, and hides none that does not."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _NOT_PUBLIC)
    if ip in _NAT64:
        return is_public(str(IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip in _GLOBAL_UNICAST and not any(ip in network for network in _NOT_PUBLIC_6)


class Guard:
    """Decides which addresses are asked. `private_hosts` are exact host names, in any case; the operator's choice."""

    def __init__(
        self, private_hosts: Collection[str] = (), *, resolver: AbstractResolver | None = None
    ) -> None:
        self._allowed = frozenset(host.lower().strip("[]") for host in private_hosts)
        self._inner = resolver

    def check(self, url: URL) -> None:
        """Raises AddressRefusedError unless it may be asked, as far as the address itself tells.

        What a host name stands for is checked by `resolver`, when the connection is made.
        """
        host = (url.raw_host or "").lower()
        if url.scheme not in {"http", "https"} or not host:
            raise AddressRefusedError(NO_WEB_ADDRESS)
        if "@" in url.raw_authority:
            raise AddressRefusedError(CREDENTIALS)
        literal = _literal(host)
        if literal and host not in self._allowed and not is_public(host):
            raise AddressRefusedError(PRIVATE)

    def resolver(self) -> AbstractResolver:
        """A resolver that hands out no private address; to be made on the loop that uses it."""
        return _CheckedResolver(self._allowed, self._inner or ThreadedResolver())


def _literal(host: str) -> bool:
    """Whether the host is an IP address. Raises AddressRefusedError where it is spelled unlike any host."""
    try:
        if ":" in host:
            IPv6Address(host)
            if "%" in host:
                raise AddressRefusedError(PRIVATE)  # a zone exists on this machine only
            return True
        if _NUMBER.fullmatch(host.rpartition(".")[2]):
            IPv4Address(host)
            return True
    except AddressValueError:
        raise AddressRefusedError(NO_WEB_ADDRESS) from None
    if not _HOST_NAME.fullmatch(host):
        raise AddressRefusedError(NO_WEB_ADDRESS)
    return False


class _CheckedResolver(AbstractResolver):
    """Checks the very answers that are connected to, so that a name cannot change its meaning in between."""

    def __init__(self, allowed: frozenset[str], inner: AbstractResolver) -> None:
        self._allowed = allowed
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """All addresses of the host. Raises AddressRefusedError where one of them is not public."""
        found = await self._inner.resolve(host, port, family)
        if host.lower() not in self._allowed and not all(is_public(one["host"]) for one in found):
            raise AddressRefusedError(PRIVATE)
        return found

    async def close(self) -> None:
        """Give back what the inner one holds."""
        await self._inner.close()
