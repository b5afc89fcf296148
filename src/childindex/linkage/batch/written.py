"""A model as the text of a file: everything that differs from what a short model may leave out."""

import json
from collections.abc import Mapping
from typing import Any

from childindex.linkage.specification import ModelShape


def written(shape: ModelShape, made: str = "") -> str:
    """TOML that loads as this model again; `made` is a comment on top: how the model came to be."""
    data = shape.model_dump(mode="json", exclude_defaults=True)
    lines = [f"# {line}" for line in made.splitlines()]
    lines += [f"{_key(key)} = {_value(value)}" for key, value in data.items() if not _is_table(value)]
    for key, value in data.items():
        if _is_table(value):
            lines += _table(key, value)
    return "\n".join(lines) + "\n"


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _table(key: str, value: Any) -> list[str]:
    """A table, or each of an array of them; what lies deeper than `fields.x` stands in one line."""
    if isinstance(value, list):
        return [line for each in value for line in ("", f"[[{key}]]", *_lines(each))]
    if key in {"fields", "frequencies", "variants"}:
        return [line for name, each in value.items() for line in ("", f"[{key}.{_key(name)}]", *_lines(each))]
    return ["", f"[{key}]", *_lines(value)]


def _lines(table: Mapping[str, Any]) -> list[str]:
    lines = []
    for key, value in table.items():
        if _is_table(value) and isinstance(value, list):
            lines += [f"{_key(key)} = [", *(f"  {_value(each)}," for each in value), "]"]
        else:
            lines.append(f"{_key(key)} = {_value(value)}")
    return lines


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case dict():
            return "{ " + ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items()) + " }"
        case list():
            return "[" + ", ".join(map(_value, value)) + "]"
        case _:
            return repr(value)


def _key(key: str | int) -> str:
    key = str(key)
    plain = key.replace("_", "").replace("-", "")
    return key if plain.isascii() and plain.isalnum() else json.dumps(key, ensure_ascii=False)
