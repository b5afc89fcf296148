"""The framing of parts is injective: it can be read back."""

from hypothesis import example, given
from hypothesis import strategies as st

from childindex.vault.framing import frame, frame_text, head

PARTS = st.lists(st.binary(max_size=12), max_size=5)
# Few symbols, so that hypothesis meets lists that differ only in where they are cut.
TEXTS = st.lists(st.text("ab\0\x01\ud800é", max_size=4), max_size=4)


def unframed(framed: bytes) -> list[bytes]:
    """The inverse, written apart."""
    parts = []
    while framed:
        size = int.from_bytes(framed[:4], "big")
        parts.append(framed[4 : 4 + size])
        framed = framed[4 + size :]
    return parts


@given(PARTS)
def test_a_frame_can_be_read_back(parts: list[bytes]) -> None:
    assert unframed(frame(*parts)) == parts


@given(TEXTS, TEXTS)
@example(["ab", "c"], ["a", "bc"])
@example(["a", ""], ["a"])
@example([""], [])
@example(["\ud800"], ["?"])
def test_two_lists_of_texts_frame_alike_only_when_equal(one: list[str], other: list[str]) -> None:
    assert (frame_text(*one) == frame_text(*other)) == (one == other)


@given(st.text(max_size=8), TEXTS)
def test_a_remembered_head_is_the_frame_of_its_name(name: str, parts: list[str]) -> None:
    assert head(name) + frame_text(*parts) == frame_text(name, *parts)


def test_part_bytes_of_a_length_do_not_pass_for_a_part() -> None:
    assert frame(b"a", b"b") != frame(b"a\0\0\0\x01b")
