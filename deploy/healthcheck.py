"""Is the index served here? Exit code 0 when workers live and the port is listened at, else 1 and why.

It asks this machine only, needs no certificate, and learns nothing but numbers.
"""

import os
import re
import socket
import sys
import urllib.request

_WORKERS = re.compile(r"^childindex_workers(?:\{[^}]*\})? (\S+)$", re.MULTILINE)
_SECONDS = 2.0


def check(port: int, metrics_port: int) -> str:
    """What is wrong; empty when nothing is."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{metrics_port}/metrics", timeout=_SECONDS) as answer:
            told = _WORKERS.search(answer.read().decode())
    except OSError:
        return "metrics are not served"
    if told is None or float(told[1]) < 1:
        return "no worker lives"
    try:
        socket.create_connection(("127.0.0.1", port), timeout=_SECONDS).close()
    except OSError:
        return "no worker listens"
    return ""


if __name__ == "__main__":
    sys.exit(
        check(
            int(os.environ.get("CHILDINDEX_LISTEN_PORT", "50051")),
            int(os.environ.get("CHILDINDEX_METRICS_PORT", "9464")),
        )
        or 0
    )
