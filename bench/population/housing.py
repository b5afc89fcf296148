"""Addresses: where each family lives, where it lived before, and where else its children may stay."""

from dataclasses import dataclass

import numpy as np

from bench.population.draws import Draws, Ints
from bench.population.families import Births, pick
from bench.population.places import HOUSES, Places
from bench.population.profiles import Families
from bench.population.truth import EARLIER, Table

YEARS_BACK = 12  # moves told


@dataclass(frozen=True, slots=True)
class Homes:
    """Children x (present, EARLIER earlier ones, elsewhere): postcode and house; how many earlier ones count."""

    places: Places
    place: Table
    house: Table
    earlier: Ints


def housed(births: Births, today: int, rates: Families, seed: int) -> Homes:
    """Homes for all children; a child has only lived where its family moved from after its birth."""
    draws = Draws(seed, "homes")
    families = int(births.family.max()) + 1
    places = Places.around(families, draws)
    columns = [places.draw(draws, families)]
    for _ in range(EARLIER):
        columns.append(places.move(columns[-1], draws))
    elsewhere = places.move(columns[0][births.family], draws)
    place = np.column_stack([np.column_stack(columns)[births.family], elsewhere])
    house = np.column_stack([draws.below(HOUSES, families) for _ in range(EARLIER + 1)])[births.family]
    house = np.column_stack([house, draws.below(HOUSES, len(births.family))])
    moves = pick(rates.moves, draws.uniform(families))
    days = draws.uniform(families * EARLIER).reshape(families, EARLIER) * YEARS_BACK * 365.25
    moved = today - np.sort(days, axis=1)
    counts = (np.arange(EARLIER) < moves[:, None])[births.family] & (moved[births.family] > births.birth[:, None])
    return Homes(places, place, house, counts.sum(axis=1).astype(np.int64))
