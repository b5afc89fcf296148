"""`python -m childindex` and the `childindex` command."""

import os
import sys


def main() -> None:
    """Run the command line."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # what gRPC's core would print here, commands say in words
    try:
        from childindex.cli.app import app  # noqa: PLC0415  Ctrl-C during the import is no fault either

        app()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
