"""In which parts a folded name may be written: forms under which it may stand in another field, or alone."""

from itertools import pairwise


def joined(name: str) -> str:
    """A name of several words written as one: "xiaoming" of "xiao ming"; empty for a single word."""
    return name.replace(" ", "") if " " in name else ""


def words(name: str) -> tuple[str, ...]:
    """The words of a folded name and every two neighbours, divided and joined: what of it may stand alone elsewhere."""
    tokens = name.split()
    if len(tokens) < 2:
        return (name,) if len(name) > 1 else ()
    pairs = [f"{one} {other}" for one, other in pairwise(tokens)]
    joined = [pair.replace(" ", "") for pair in pairs]
    return tuple(dict.fromkeys([*(token for token in tokens if len(token) > 1), *pairs, *joined]))


def leads(name: str, least: int = 2) -> tuple[str, ...]:
    """The first `least` words of a whole given name, one more, and so on, divided and joined: what of it a form with a
    field for the forename may hold; none of a single word."""
    tokens = name.split()
    firsts = [tokens[:count] for count in range(max(least, 2), len(tokens) + 1)]
    return tuple(dict.fromkeys(form for each in firsts for form in (" ".join(each), "".join(each))))


def whole_forms(name: str) -> tuple[str, ...]:
    """A folded name as it stands, and its words written as one."""
    return tuple(dict.fromkeys((name, name.replace(" ", ""))))
