"""The synthetic population: children with their truth, and what custodians wrote of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bench.population import issued, kinship, places
from bench.population.draws import Draws
from bench.population.extract import Extract, write_csv
from bench.population.families import born
from bench.population.housing import housed
from bench.population.naming import origins
from bench.population.people import named
from bench.population.profiles import Profile, families
from bench.population.recording import record
from bench.population.settings import Settings
from bench.population.sheet import Sheet
from bench.population.spoiling import spoilt
from bench.population.truth import EARLIER, Children, Relationship, Truth


@dataclass(frozen=True, slots=True)
class Population:
    """Children, who they are to each other, and the extracts by custodian."""

    settings: Settings
    truth: Truth
    extracts: Mapping[str, Extract]

    @property
    def children(self) -> Children:
        """The children as they truly are."""
        return Children(self.truth)

    def relationships(self) -> tuple[Relationship, ...]:
        """Twins, siblings, half siblings and neighbours of one name."""
        return kinship.relationships(self.truth)

    def write(self, directory: Path, *, judged: bool = False) -> None:
        """One CSV for each custodian, truth.csv (row -> child) and relationships.csv.

        `judged` extracts tell each row's child and origin too, as `childindex evaluate` wants; `childindex load`
        refuses them.
        """
        directory.mkdir(parents=True, exist_ok=True)
        for name, extract in self.extracts.items():
            extract.write(directory / f"{name}.csv", self._truth_of(extract) if judged else {})
        write_csv(
            directory / "truth.csv", ("custodian", "local_id", "child", "family", "origin", "refused"), self._true()
        )
        related = ((str(one.kinship), one.one, one.other) for one in self.relationships())
        write_csv(directory / "relationships.csv", ("relationship", "child", "other_child"), related)

    def _truth_of(self, extract: Extract) -> dict[str, list[object]]:
        children, truth = [int(child) for child in extract.recording.child], self.truth
        return {"child": [*children], "origin": [truth.origins[int(truth.origin[child])] for child in children]}

    def _true(self) -> Iterator[tuple[object, ...]]:
        truth = self.truth
        for name, extract in self.extracts.items():
            for place, child in enumerate(extract.recording.child):
                local = extract.recording.columns.local_id[place]
                origin = truth.origins[int(truth.origin[child])]
                yield name, local, child, int(truth.family[child]), origin, int(place in extract.spoilt)


def generate(settings: Settings) -> Population:
    """Make the population of these settings."""
    truth = draw(settings)
    return Population(
        settings, truth, {profile.id: extract(truth, profile, settings) for profile in settings.profiles()}
    )


def draw(settings: Settings) -> Truth:
    """The children of these settings, before anybody wrote of them."""
    seed, today = settings.seed, settings.reference_date.toordinal()
    rates = families()
    if settings.origins is not None:
        rates = replace(rates, origins=settings.origins)
    fewer = settings.births_least - 1
    rates = replace(rates, sizes=(0.0,) * fewer + rates.sizes[fewer:])
    births = born(settings.children, today, rates, seed, twins_only=settings.twins_only)
    names = named(births, today, rates, seed)
    homes = housed(births, today, rates, seed)
    nhs, upn, uln = issued.identifiers(births.birth, today, rates.nhs_number, Draws(seed, "identifiers"))
    uprn = [places.uprns(homes.place[:, column], homes.house[:, column]) for column in range(EARLIER + 2)]
    return Truth(
        births.family, births.father, births.birth, births.sex, births.twin, origins(), names.origin,
        names.given, names.middle, names.known_as, names.family, names.former, names.former_until,
        names.mother, names.father, homes.place, homes.house, homes.earlier, homes.places.codes, uprn, nhs, upn, uln,
        homes.places,
    )  # fmt: skip


def extract(truth: Truth, profile: Profile, settings: Settings) -> Extract:
    """What one custodian writes of the children."""
    recording = record(
        Sheet(truth, profile, settings.reference_date, settings.seed, customs=settings.customs), settings.identifiers
    )
    bad = spoilt(recording.columns, settings.rejected, Draws(settings.seed, profile.id, "spoilt"))
    return Extract(profile.id, profile.kind, profile.system, profile.record_type, recording, bad)
