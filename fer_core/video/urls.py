"""Addresses of the network, as text; `network.py` opens them."""

from urllib.parse import urlsplit, urlunsplit

SCHEMES = ("http", "https", "rtsp", "rtsps")


def is_url(what: str) -> bool:
    """Whether a text is an address of the network."""
    return "://" in what


def without_secrets(url: str) -> str:
    """The address without user, password, query and fragment, for messages and titles."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        netloc = f"{host}:{parts.port}" if parts.port else host
        return urlunsplit((parts.scheme, netloc, parts.path, "", ""))
    except ValueError:
        return "The address"
