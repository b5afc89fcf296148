"""`python -m bench.population --children 5000 --seed 1 --out DIR`: write the extracts and their truth as CSV."""

import argparse
from datetime import date
from pathlib import Path

from bench.population import Settings, generate
from bench.population.profiles import DEMONSTRATION, profiles


def main() -> None:
    """Parse the command line, generate, write."""
    parser = argparse.ArgumentParser(prog="python -m bench.population", description=__doc__)
    parser.add_argument("--children", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reference-date", type=date.fromisoformat, default=date(2026, 9, 1))
    parser.add_argument("--custodians", nargs="+", choices=[*profiles(), "all"], default=list(DEMONSTRATION))
    parser.add_argument("--without-identifiers", action="store_true")
    parser.add_argument("--rejected", type=float, default=0.0, help="share of rows spoilt so that they must be refused")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--judged", action="store_true", help="the truth beside each row: columns child and origin")
    chosen = parser.parse_args()
    custodians = tuple(profiles()) if "all" in chosen.custodians else tuple(chosen.custodians)
    population = generate(
        Settings(
            seed=chosen.seed,
            children=chosen.children,
            reference_date=chosen.reference_date,
            custodians=custodians,
            identifiers=not chosen.without_identifiers,
            rejected=chosen.rejected,
        )
    )
    population.write(chosen.out, judged=chosen.judged)
    for extract in population.extracts.values():
        print(f"{extract.custodian}: {len(extract.rows):,} records")


if __name__ == "__main__":
    main()
