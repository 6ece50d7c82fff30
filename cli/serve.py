"""`serve`: the web page."""

import argparse
import os
import secrets
import sys
from typing import Any

from cli.output import line, message
from cli.parsing import add_command

_EXAMPLES = """\
  python main.py serve                            on this computer: http://127.0.0.1:8000
  python main.py serve --port 9000 --model mimik-48
  python main.py serve --host 0.0.0.0             for others, too, with a token
  python main.py serve --prefix /mimik --allow-host example.org   behind a proxy
"""


def add_to(commands: Any) -> None:
    """Adds the parser."""
    parser = add_command(commands, "serve", "show the web page", run, _EXAMPLES)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument(
        "--port", type=int, default=8000, help="port to listen on, 0 for a free one (%(default)s)"
    )
    parser.add_argument(
        "--token",
        help="what visitors must know (default: the variable MIMIK_TOKEN; with another --host than "
        "this computer's own one is made up)",
    )
    parser.add_argument("--prefix", default="", help="path under which a proxy shows the page")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name by which browsers may call this server; may be repeated",
    )
    parser.add_argument("--model", help="the model of whoever has chosen none")
    parser.add_argument("--detector", help="the face detector")


def run(options: argparse.Namespace) -> int:
    """Serves until Ctrl-C."""
    from fer_core.config import DEFAULT_DETECTOR, DEFAULT_MODEL
    from web.config import WebConfig, is_loopback

    token = options.token or os.environ.get("MIMIK_TOKEN") or None
    if token is None and not is_loopback(options.host):
        token = secrets.token_urlsafe(24)
    config = WebConfig(
        host=options.host,
        port=options.port,
        token=token,
        prefix=options.prefix,
        allowed_hosts=tuple(options.allow_host),
        model=options.model or DEFAULT_MODEL,
        detector=options.detector or DEFAULT_DETECTOR,
    )
    from web.server import WebServer

    def said() -> None:
        where = f"{server.url}{config.prefix}/" + (f"?token={token}" if token else "")
        line(f"Mimik is at {where} (Ctrl-C ends it)")
        sys.stdout.flush()  # whoever reads it from a pipe waits for it

    server = WebServer(config, said)
    if not is_loopback(options.host):
        message(
            "Warning: others in the network reach this server, and what they send is not encrypted;"
            " put a proxy with https before it."
        )
    server.serve_forever()
    return 0
