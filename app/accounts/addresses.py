"""Network addresses: whose request it is, and which belong to one household or office."""

import ipaddress

from fastapi import Request

# Providers hand out whole networks of this size: one person has all its addresses.
IPV6_NETWORK_BITS = 64


def client_address(request: Request) -> str:
    """Return the address that a request came from, as the server or a trusted proxy knows it."""
    return request.client.host if request.client else "unknown"


def source_of(address: str) -> str:
    """Return what counts as one source of guesses: an IPv4 address, or an IPv6 network."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed), IPV6_NETWORK_BITS), strict=False))
    return str(parsed)
