"""All benches that take seconds: `make bench`. The long ones (`bench.hammer`, larger populations) run by name."""

import argparse
from collections.abc import Callable, Sequence
from typing import Final

from bench import operations, service, store, vault

PARTS: Final[dict[str, tuple[str, Callable[[Sequence[str]], None]]]] = {
    "vault": ("the vault", vault.main),
    "store": ("the store", store.main),
    "operations": ("operations in one process", operations.main),
    "service": ("the service beside an echo with the same TLS", service.main),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run each part, or those asked for, and print its figures under its name."""
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        epilog="Each part has options of its own: python -m bench.PART --help",
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one of {', '.join(PARTS)}; all where none is named")
    asked = parser.parse_args(arguments).parts
    if unknown := [name for name in asked if name not in PARTS]:
        parser.error(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    for title, part in (PARTS[name] for name in asked or PARTS):
        print(f"\n== {title}", flush=True)
        part([])


if __name__ == "__main__":
    main()
