"""What a server is started with, and what it allows a visitor."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from fer_core.config import DEFAULT_DETECTOR, DEFAULT_MODEL
from fer_core.errors import ConfigError

LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class WebConfig:
    """The settings of one server.

    Attributes:
        host, port: where it listens; port 0 takes a free one.
        token: who opens the page must know it; None: nobody is asked.
        prefix: path under which a proxy shows the page, such as "/mimik"; empty: the root.
        allowed_hosts: names by which browsers may call the server, beside `host` and loopback.
        model: of who has chosen none. detector: of all.
        picture_bytes, picture_px: of one picture. film_bytes, film_s: of one film.
        jobs, jobs_all: uploads of one visitor and of all, at a time.
        keep_s: after so long uploads and results are deleted.
        disk_bytes: of all uploads and results together.
        viewers, viewers_each: live pictures at a time, of all visitors and of one.
        folder: where the private folder is made; None: where the system has temporary files.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    token: str | None = None
    prefix: str = ""
    allowed_hosts: tuple[str, ...] = ()
    model: str = DEFAULT_MODEL
    detector: str = DEFAULT_DETECTOR
    picture_bytes: int = 20 << 20
    picture_px: int = 50_000_000
    film_bytes: int = 500 << 20
    film_s: float = 600.0
    jobs: int = 8
    jobs_all: int = 64
    keep_s: float = 3600.0
    disk_bytes: int = 4 << 30
    viewers: int = 32
    viewers_each: int = 4
    folder: Path | None = None

    def __post_init__(self) -> None:
        if self.prefix and (not self.prefix.startswith("/") or self.prefix.endswith("/")):
            raise ConfigError(
                f"The prefix is {self.prefix!r}; it begins with a slash and ends without one, as "
                "in /mimik."
            )
        if not is_loopback(self.host) and not self.token:
            raise ConfigError(f"A server on {self.host} needs a token; see --token.")
        if self.token is not None and len(self.token) < 16:
            raise ConfigError("The token is too short; take 16 letters or more.")

    @property
    def names(self) -> frozenset[str]:
        """By these names a browser may call the server."""
        return frozenset(
            name.lower().strip("[]") for name in (*LOOPBACK, self.host, *self.allowed_hosts)
        )


def is_loopback(host: str) -> bool:
    """Whether only this computer reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
