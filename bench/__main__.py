"""All benches that take seconds: `make bench`. The long ones (`bench.hammer`, larger populations) run by name."""

from bench import operations, service, vault
from bench.store import main as store_bench

PARTS = (
    ("the vault", vault.main),
    ("the store", store_bench),
    ("operations in one process", operations.main),
    ("the service beside an echo with the same TLS", service.main),
)


def main() -> None:
    """Run each and print its figures under its name."""
    for name, part in PARTS:
        print(f"\n== {name}")
        part()


if __name__ == "__main__":
    main()
