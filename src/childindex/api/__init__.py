"""The wire: gRPC with mutual TLS in front of `childindex.operations`.

    server = await childindex.api.start(index, settings)     # one worker's server, serving
    ...
    await server.drain()

`requests` turns messages into nouns and tells every malformed field at once, `responses` turns answers into
messages, `status` turns errors into codes with details, `guard` surrounds every call, `servicer` joins them.
This room may not know linkage, store or vault: whatever it needs of them, `operations` answers.
"""

from childindex.api.server import Server, Settings, run, start
from childindex.api.tls import TlsFiles

__all__ = ["Server", "Settings", "TlsFiles", "run", "start"]
