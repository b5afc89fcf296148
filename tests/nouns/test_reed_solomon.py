"""The code's promise, proved over every error pattern rather than sampled."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from childindex.reed_solomon import is_word, nearest, with_checks

LENGTH = 11
symbols = st.integers(0, 31)
words = st.lists(symbols, min_size=LENGTH - 2, max_size=LENGTH - 2).map(with_checks)


def added(left: list[int], right: list[int]) -> list[int]:
    return [a ^ b for a, b in zip(left, right, strict=True)]


def pattern(**places: int) -> list[int]:
    return [places.get(f"at{place}", 0) for place in range(LENGTH)]


@given(words, words)
def test_the_code_is_linear(left: list[int], right: list[int]) -> None:
    assert is_word(left)
    assert is_word(added(left, right))


def test_no_error_of_one_or_two_symbols_is_a_word() -> None:
    # The code is linear: an error is missed exactly if the error itself is a word, whatever it falls upon.
    assert is_word(pattern())
    missed = sum(is_word(pattern(**{f"at{place}": error})) for place in range(LENGTH) for error in range(1, 32))
    for first, second in combinations(range(LENGTH), 2):
        for error in range(1, 32):
            for other in range(1, 32):
                missed += is_word(pattern(**{f"at{first}": error, f"at{second}": other}))
    assert missed == 0


def test_some_error_of_three_symbols_is_a_word() -> None:
    # Two checks cannot do more: the test above would otherwise be suspect.
    assert any(is_word(pattern(at0=a, at4=b, at10=c)) for a in range(1, 32) for b in range(1, 32) for c in range(1, 32))


@given(words, st.integers(0, LENGTH - 1), st.integers(1, 31))
def test_one_error_is_found_and_undone(word: list[int], place: int, error: int) -> None:
    wrong = [*word]
    wrong[place] ^= error
    assert nearest(wrong) == (place, word)


@given(words)
def test_a_word_has_nothing_to_undo(word: list[int]) -> None:
    assert nearest(word) is None


@given(st.lists(symbols, min_size=LENGTH, max_size=LENGTH))
def test_what_is_nearest_is_a_word_one_symbol_away(wrong: list[int]) -> None:
    found = nearest(wrong)
    if found is not None:
        place, word = found
        assert is_word(word)
        assert [n for n in range(LENGTH) if word[n] != wrong[n]] == [place]
