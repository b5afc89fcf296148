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

from childindex.cli import why
from childindex.cli.words import date_text, number_text
from childindex.client.answers import Contact, Found, Resolved, Verified
from childindex.demographics import PartialDate
from childindex.number import ChildNumber


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
    for warning in answer.warnings:
        console.print(f"  {warning.field}: {warning.description}", highlight=False)
    if answer.explanation is not None:
        why.explanation(console, answer.explanation)


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
