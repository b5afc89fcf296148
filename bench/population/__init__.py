"""Synthetic children of England with known truth, and the extracts that custodians would send of them.

    population = generate(Settings(seed=1, children=5000))
    for row in population.extracts["mill-lane-surgery"].rows:
        ...  # row.demographics, row.local_id; row.child is the truth
    population.write(Path("var/population"))

No person is real: names are drawn by the frequencies of public tables, dates and identifiers at random; identifiers
come from ranges that are never issued. Every rate is stated in `profiles.toml`.
"""

from bench.population.extract import Extract, Row
from bench.population.population import Population, generate
from bench.population.settings import Settings
from bench.population.truth import Child, Kinship, Relationship

__all__ = ["Child", "Extract", "Kinship", "Population", "Relationship", "Row", "Settings", "generate"]
