"""Answers as people read them: rich tables. Machines get `plain`, the same as JSON."""

import json
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final

import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from childindex.client.answers import Contact, Found, Resolved, Verified
from childindex.client.explanation import ExplainedCandidate, Explanation
from childindex.demographics import PartialDate
from childindex.number import ChildNumber, NumberType


def plain(answer: object) -> object:
    """An answer as JSON knows it: numbers 4-3-4, dates as far as known, times in ISO 8601, members by name."""
    for kind, written in _PLAIN.items():
        if isinstance(answer, kind):
            return written(answer)
    if is_dataclass(answer):
        return {each.name: plain(getattr(answer, each.name)) for each in fields(answer)}
    if isinstance(answer, Sequence) and not isinstance(answer, str):
        return [plain(each) for each in answer]
    return answer


def say_json(answer: object) -> None:
    """Write an answer as one line of JSON."""
    typer.echo(json.dumps(plain(answer), ensure_ascii=False))


def date_text(date: PartialDate | None) -> str:
    """YYYY-MM-DD as far as it is known, empty when it is not."""
    if date is None or not date:
        return ""
    parts = [f"{date.year:04}", f"{date.month:02}" if date.month else "", f"{date.day:02}" if date.day else ""]
    return "-".join(part for part in parts if part)


def number_text(number: ChildNumber) -> str:
    """The number, and a word when it may yet change."""
    return f"{number} (provisional)" if number.type is NumberType.PROVISIONAL else str(number)


_PLAIN: Final[dict[type, Callable[[Any], object]]] = {
    ChildNumber: str,
    PartialDate: date_text,
    Enum: lambda member: member.name,
    datetime: datetime.isoformat,
}


def resolution(console: Console, answer: Resolved) -> None:
    """The number, or what could be added; and why, when that was asked and permitted."""
    if answer.number is not None:
        console.print(Text.assemble(("MATCHED  ", "bold green"), number_text(answer.number)))
    else:
        console.print(Text("NOT CONFIRMED", style="bold yellow"))
        for each in answer.advice:
            console.print(f"  to be surer: {each.name.replace('_', ' ').lower()}")
    if answer.explanation is not None:
        explanation(console, answer.explanation)


def explanation(console: Console, told: Explanation, *, most: int = 3) -> None:
    """Each candidate's weights, line by line with the running total; the sentence below."""
    for place, candidate in enumerate(told.candidates[:most], 1):
        console.print(_weights(candidate, place))
    rest = len(told.candidates) - most
    if rest > 0:
        console.print(f"and {rest} less probable")
    if told.caps:
        console.print(f"looked for too often to help: {', '.join(told.caps)}")
    console.print(f"No indexed child: probability {told.absent_probability:.4g}. Model: {told.model}")
    console.print(Text.assemble((f"{told.decision}: ", "bold"), told.sentence))


def _weights(candidate: ExplainedCandidate, place: int) -> Table:
    title = f"{place}. {number_text(candidate.number)}   probability {candidate.probability:.6f}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, show_footer=True)
    table.add_column("comparison", footer="total")
    table.add_column("level")
    for name in ("m", "u", "tf bits", "bits"):
        table.add_column(name, justify="right")
    table.add_column("so far", justify="right", footer=f"{candidate.total_bits:+.2f}")
    total = candidate.prior_bits
    table.add_row("prior", "", "", "", "", f"{total:+.2f}", f"{total:+.2f}")
    for line in candidate.comparisons:
        total += line.bits
        rarity = f"{line.term_frequency_bits:+.2f}" if line.term_frequency_bits else ""
        cells = (f"{line.m:.4g}", f"{line.u:.3g}", rarity, f"{line.bits:+.2f}", f"{total:+.2f}")
        table.add_row(line.comparison, line.level, *cells, style="dim" if not line.bits else None)
    notes = [f"proposed by {', '.join(candidate.rules)}"] if candidate.rules else []
    notes += [f"never linked automatically: {', '.join(candidate.vetoes)}"] if candidate.vetoes else []
    table.caption = "; ".join(notes)
    table.caption_justify = "left"
    return table


def verification(console: Console, answer: Verified) -> None:
    """Whether number and birth date belong together, and the number that replaced it."""
    if not answer.verified:
        console.print(Text("NOT CONFIRMED", style="bold yellow"))
        return
    console.print(Text("VERIFIED", style="bold green"))
    if answer.current is not None:
        console.print(f"  the number now is {number_text(answer.current)}")


def found(console: Console, answer: Found) -> None:
    """Who holds records, as far as the caller may see, and the notice."""
    table = Table(title=f"Records of {number_text(answer.number)}", title_justify="left", box=box.SIMPLE_HEAD)
    for name in ("custodian", "record type", "state", "contact", "local id", "since", "last seen"):
        table.add_column(name, no_wrap=name in ("local id", "since", "last seen"))
    for held in answer.records:
        content = (
            held.key.local_id if held.key else "",
            date_text(held.involved_from),
            held.last_seen.date().isoformat() if held.last_seen else "",
        )
        table.add_row(held.custodian_name, held.record_type, held.state.name.lower(), _reach(held.contact), *content)
    console.print(table)
    console.print(answer.notice, style="italic")


def _reach(contact: Contact) -> str:
    return ", ".join(part for part in (contact.team, contact.telephone, contact.out_of_hours, contact.email) if part)
