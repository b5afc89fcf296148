"""The show: one child looked for under a misspelt name and at a new address, and what each caller is told."""

import asyncio
import json
import shlex
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from bench.demo import quality
from bench.demo.ground import CUSTODIANS, STEWARD, STRANGER, Ground
from bench.demo.quality import Record
from childindex.caller import Actor, ActorRole, Purpose
from childindex.cli import counting, shown, words
from childindex.cli.columns import details
from childindex.cli.extract import survey
from childindex.client import Client, ClientError, Credentials
from childindex.demographics import Demographics
from childindex.number import ChildNumber

ASKER: Final = "borough-social-care"
RECORDED: Final = "oakfield-school"
_NEW_POSTCODES: Final = ("LS6 2AB", "BN1 4GH")  # one of them is in another area than the child's
_MOST_TRIED: Final = 50


@dataclass(frozen=True, slots=True)
class Sought:
    """The child of the show: as recorded, as asked for, and the number it should be told."""

    recorded: Demographics
    asked: Demographics
    number: ChildNumber

    def __repr__(self) -> str:
        return "Sought(...)"


def client(ground: Ground, who: str, role: ActorRole = ActorRole.PRACTITIONER) -> Client:
    """A client of somebody in the policy, for safeguarding."""
    credentials = Credentials.read(ground.credentials(who))
    return Client(ground.target, credentials, Actor("demo", role, who), Purpose.SAFEGUARDING)


def numbers(ground: Ground) -> dict[Record, str]:
    """The number of every record, as each custodian can list its own."""
    found = {}
    for custodian in CUSTODIANS:
        with client(ground, custodian) as asking:
            found.update({(custodian, own.key.local_id): own.number.value for own in asking.own_records()})
    return found


def sought(ground: Ground, known: Mapping[Record, str]) -> Sought:
    """The first child that all three custodians hold and that the index confirms under the wrong details."""
    with client(ground, ASKER) as asking:
        for tried, (recorded, number) in enumerate(_held_by_all(ground, known), 1):
            asked = _changed(recorded)
            if asking.resolve(asked).number == number:
                return Sought(recorded, asked, number)
            if tried == _MOST_TRIED:
                break
    raise AssertionError("no child of three custodians is confirmed: the extracts are not those of the demonstration")


def tell(screen: Console, ground: Ground, child: Sought) -> None:
    """Everything that is shown of the child."""
    _as_asked(screen, child)
    with client(ground, ASKER) as asking:
        screen.rule("What the machine caller is told", align="left")
        shown.resolution(screen, asking.resolve(child.asked))
        screen.rule("Which custodians hold records", align="left")
        shown.found(screen, asking.find(child.number, birth_date=child.asked.birth_date))
    with client(ground, STEWARD, ActorRole.STEWARD) as asking:
        screen.rule("What a steward may see: why", align="left")
        shown.resolution(screen, asking.resolve(child.asked, explain=True))
    with client(ground, STRANGER) as asking:
        screen.rule("What a caller without an agreement is told", align="left")
        try:
            asking.resolve(child.asked)
        except ClientError as refused:
            screen.print(f"{refused}")


def linkage(screen: Console, ground: Ground, known: Mapping[Record, str]) -> None:
    """Precision and recall of what was linked, with the counts they are made of."""
    found = quality.measure(known, quality.truth(ground.folder / "truth.csv"), CUSTODIANS)
    counts = asyncio.run(counting.count(ground.config))
    wrong, missed = found.linked_pairs - found.right_pairs, found.true_pairs - found.right_pairs
    table = Table(box=box.SIMPLE_HEAD, show_header=False)
    table.add_row("records registered, of children", f"{found.records:,}", f"{found.children:,}")
    table.add_row("numbers issued, provisional", f"{found.numbers:,}", f"{counts['  provisional']:,}")
    table.add_row("reviews for a person", f"{counts['reviews open']:,}", "")
    again = f"{found.recognised:,} of {found.known:,} children that an earlier custodian had made known"
    table.add_row("precision", f"{found.precision:.4f}", f"{wrong:,} of {found.linked_pairs:,} linked pairs are wrong")
    table.add_row("recall", f"{found.recall:.4f}", f"{missed:,} of {found.true_pairs:,} true pairs are not linked yet")
    table.add_row("recognised again", f"{found.recognised / max(found.known, 1):.4f}", again)
    screen.rule("How well records were linked, against the truth", align="left")
    screen.print(table)


def commands(ground: Ground, child: Sought) -> list[str]:
    """Three commands to try; what they ask for lies in files, not in the shell's history."""
    asked, looked_for = ground.folder / "child.json", ground.folder / "number.json"
    _write(asked, _columns(child.asked))
    born = words.date_text(child.asked.birth_date)
    _write(looked_for, {"number": str(child.number), "birth_date": born})
    steward = _as(ground, STEWARD, "steward")
    social_care = _as(ground, ASKER, "practitioner")
    return [
        _command("explain", *steward, "--from", str(asked), "--picture", str(asked.with_name("why.svg"))),
        _command("find", *social_care, "--from", str(looked_for)),
        _command("stats", "--var", str(ground.var)),
    ]


def _held_by_all(ground: Ground, known: Mapping[Record, str]) -> Iterator[tuple[Demographics, ChildNumber]]:
    holders: dict[str, set[str]] = defaultdict(set)
    for (custodian, _), number in known.items():
        holders[number].add(custodian)
    for row in survey(ground.extract(RECORDED)).rows():
        issued = known.get((RECORDED, row.values.text("local_id")), "")
        recorded = details(row.values)
        if len(holders[issued]) == len(CUSTODIANS) and len(recorded.given_name) > 5 and recorded.given_name.isalpha():
            yield recorded, ChildNumber(issued)


def _changed(recorded: Demographics) -> Demographics:
    """Two letters of the forename exchanged, a postcode elsewhere; else only middle names, birth date and sex."""
    name = recorded.given_name
    place = next((i for i in range(2, len(name) - 1) if name[i] != name[i + 1]), 1)
    misspelt = name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    postcode = next(code for code in _NEW_POSTCODES if code[:2] != recorded.postcode[:2])
    return Demographics(
        given_name=misspelt,
        middle_names=recorded.middle_names,
        family_name=recorded.family_name,
        birth_date=recorded.birth_date,
        sex=recorded.sex,
        postcode=postcode,
    )


def _as_asked(screen: Console, child: Sought) -> None:
    screen.rule("A child is looked for", align="left")
    table = Table("", "as the school has it", "as social care asks", box=box.SIMPLE_HEAD)
    recorded, asked = _columns(child.recorded), _columns(child.asked)
    for name in asked:
        other = recorded.get(name, "")
        table.add_row(name.replace("_", " "), other, asked[name], style=None if other == asked[name] else "bold")
    screen.print(table)


def _columns(child: Demographics) -> dict[str, str]:
    columns = {
        "given_name": child.given_name,
        "middle_names": child.middle_names,
        "family_name": child.family_name,
        "birth_date": words.date_text(child.birth_date),
        "sex": child.sex.name.lower(),
        "postcode": child.postcode,
    }
    return {name: value for name, value in columns.items() if value}


def _write(path: Path, values: Mapping[str, str]) -> None:
    path.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _as(ground: Ground, who: str, role: str) -> list[str]:
    return [
        *("--credentials", str(ground.credentials(who)), "--target", ground.target),
        *("--purpose", "safeguarding", "--as", f"{role}:demo"),
    ]


def _command(*words: str) -> str:
    program = Path(sys.executable).with_name("childindex")
    shortest = program.relative_to(Path.cwd()) if program.is_relative_to(Path.cwd()) else program
    return shlex.join([str(shortest), *words])
