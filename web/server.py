"""Runs the app with uvicorn, until it is told to end."""

import logging
import socket
from collections.abc import Callable

import uvicorn

from fer_core.errors import ConfigError
from web.app import create_app
from web.config import WebConfig

#: Of a WebSocket's message: frames are far smaller.
_FRAME_BYTES = 4 << 20


class WebServer(uvicorn.Server):
    """A server of the app; `run` serves, `stop` ends it from another thread.

    Attributes:
        url: where it listens.
    """

    def __init__(self, config: WebConfig, said: Callable[[], None] = lambda: None) -> None:
        """Takes the port.

        Args:
            config: of the app.
            said: called once it can be reached.

        Raises:
            ConfigError: it is taken, or may not be used.
        """
        self._socket = _listening(config)
        host, port = config.host, self._socket.getsockname()[1]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        self._said = said
        # It logs failures that are no more than visitors who left; ours are logged by `problems`.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self._app = create_app(config)
        super().__init__(
            uvicorn.Config(
                self._app,
                log_config=None,
                access_log=False,
                server_header=False,
                ws="websockets-sansio",
                ws_max_size=_FRAME_BYTES,
                ws_per_message_deflate=False,
                proxy_headers=False,
                timeout_graceful_shutdown=5,
                lifespan="on",
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts, and says so."""
        await super().startup(sockets=sockets)
        if self.started:
            self._said()

    def serve_forever(self) -> None:
        """Serves until `stop`, Ctrl-C or SIGTERM.

        Raises:
            FerError: the model or the detector cannot be used.
        """
        try:
            self._app.state.room.start()  # here, where what it raises can be said
            self.run(sockets=[self._socket])
        finally:
            self._app.state.room.close()
            self._socket.close()

    def stop(self) -> None:
        """Ends it; requests that are under way have a few seconds."""
        self.should_exit = True


def _listening(config: WebConfig) -> socket.socket:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((config.host, config.port))
    except OSError as error:
        found.close()
        raise ConfigError(
            f"Port {config.port} of {config.host} cannot be used ({error.strerror}); choose "
            "another with --port."
        ) from error
    return found
