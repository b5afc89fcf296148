"""Splink's settings for records of children, as its documentation and demonstrations advise for persons.

Names with Jaro-Winkler levels and term frequencies, the birth date and the postcode by its own comparisons, all other
columns that tell; a union of narrow blocking rules; u by random sampling, m by expectation maximisation in several
rounds with different blocking. The names are cleaned first, as it advises. The carer's surname is a level of the
surname, not a comparison of its own: tried so, it counted the family twice and cost a tenth of the recall.
"""

import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import SettingsCreator, block_on

from bench.peers.tools.recipe import Recipe

_NAME = "nullif(trim(regexp_replace(lower(strip_accents({0})), '[^a-z]+', ' ', 'g')), '')"
_FULL_DATE = "case when length(birth_date) = 10 then birth_date end"

# One row of the file as Splink shall see it. Each name becomes lower-case letters and spaces; what is empty is null.
_SEEN = f"""
select
  row as unique_id,
  {_NAME.format("given_name")} as forename,
  {_NAME.format("family_name")} as surname,
  {_NAME.format("known_as")} as known_as,
  {_NAME.format("middle_names")} as middle,
  {_NAME.format("carer_family_name")} as carer,
  {_NAME.format("split_part(former_family_names, '|', 1)")} as former,
  {_FULL_DATE} as birth_date,
  nullif(sex, '') as sex,
  nullif(upper(postcode), '') as postcode,
  nullif(split_part(upper(postcode), ' ', 1), '') as outcode,
  nullif(regexp_replace(upper(postcode), '..$', ''), '') as sector,
  nullif(uprn, '') as uprn
from read_csv('{{path}}', all_varchar = true, nullstr = '')
"""  # noqa: S608  # our own words


def _either(column: str, other: str) -> str:
    """SQL: the one's column is the other's other column."""
    return f'"{column}_l" = "{other}_r" or "{other}_l" = "{column}_r"'


FORENAME = cl.CustomComparison(
    output_column_name="forename",
    comparison_levels=[
        cll.NullLevel("forename"),
        cll.ExactMatchLevel("forename", term_frequency_adjustments=True),
        cll.CustomLevel(f"{_either('forename', 'known_as')} or known_as_l = known_as_r", "known as"),
        cll.JaroWinklerLevel("forename", 0.92),
        cll.CustomLevel(_either("forename", "surname"), "exchanged"),
        cll.CustomLevel(_either("forename", "middle"), "middle"),
        cll.JaroWinklerLevel("forename", 0.8),
        cll.CustomLevel("substr(forename_l, 1, 1) = substr(forename_r, 1, 1)", "initial"),
        cll.ElseLevel(),
    ],
)

SURNAME = cl.CustomComparison(
    output_column_name="surname",
    comparison_levels=[
        cll.NullLevel("surname"),
        cll.ExactMatchLevel("surname", term_frequency_adjustments=True),
        cll.JaroWinklerLevel("surname", 0.92),
        cll.CustomLevel(_either("surname", "former"), "former"),
        cll.CustomLevel(_either("surname", "carer"), "carer"),
        cll.CustomLevel(_either("forename", "surname"), "exchanged"),
        cll.CustomLevel("len(list_intersect(string_split(surname_l, ' '), string_split(surname_r, ' '))) > 0", "part"),
        cll.JaroWinklerLevel("surname", 0.8),
        cll.ElseLevel(),
    ],
)

BIRTH_DATE = cl.CustomComparison(
    output_column_name="birth_date",
    comparison_levels=[
        cll.NullLevel("birth_date"),
        cll.ExactMatchLevel("birth_date"),
        cll.CustomLevel(
            "substr(birth_date_l, 1, 4) = substr(birth_date_r, 1, 4)"
            " and substr(birth_date_l, 6, 2) = substr(birth_date_r, 9, 2)"
            " and substr(birth_date_l, 9, 2) = substr(birth_date_r, 6, 2)",
            "day and month exchanged",
        ),
        cll.DamerauLevenshteinLevel("birth_date", 1),
        cll.AbsoluteDateDifferenceLevel("birth_date", input_is_string=True, threshold=1, metric="month"),
        cll.AbsoluteDateDifferenceLevel("birth_date", input_is_string=True, threshold=1, metric="year"),
        cll.ElseLevel(),
    ],
)

ADDRESS = cl.CustomComparison(
    output_column_name="address",
    comparison_levels=[
        cll.NullLevel("postcode"),
        cll.ExactMatchLevel("uprn"),
        cll.ExactMatchLevel("postcode"),
        cll.LevenshteinLevel("postcode", 1),
        cll.ExactMatchLevel("sector"),
        cll.ExactMatchLevel("outcode"),
        cll.CustomLevel("regexp_extract(outcode_l, '^[A-Z]+') = regexp_extract(outcode_r, '^[A-Z]+')", "area"),
        cll.ElseLevel(),
    ],
)

MIDDLE = cl.JaroWinklerAtThresholds("middle", 0.9).configure(term_frequency_adjustments=True)

RULES = [
    block_on("forename", "surname"),
    "l.forename = r.surname and l.surname = r.forename",
    block_on("birth_date"),
    block_on("postcode", "surname"),
    block_on("postcode", "forename"),
    block_on("uprn"),
    block_on("surname", "substr(forename, 1, 3)", "substr(birth_date, 1, 4)"),
    block_on("forename", "substr(surname, 1, 3)", "substr(birth_date, 1, 4)"),
    block_on("surname", "substr(forename, 1, 1)", "substr(birth_date, 1, 7)"),
    block_on("surname", "outcode", "substr(forename, 1, 2)"),
    block_on("forename", "outcode", "substr(birth_date, 1, 4)"),
    "l.forename = r.forename and l.carer = r.surname",
    "l.forename = r.forename and l.surname = r.carer",
]

CHILDREN = Recipe(
    files=("index", "queries"),
    seen=_SEEN,
    settings=SettingsCreator(
        link_type="link_only",
        comparisons=[FORENAME, SURNAME, MIDDLE, BIRTH_DATE, ADDRESS, cl.ExactMatch("sex")],
        blocking_rules_to_generate_predictions=RULES,
        retain_matching_columns=False,
    ),
    certain=[block_on("forename", "surname", "birth_date"), block_on("surname", "birth_date", "postcode", "sex")],
    certain_recall=0.8,
    random_pairs=1e7,
    # A round trains the comparisons that use none of its columns: names and address; dates, address and sex. No round
    # blocks on the address alone: it would take brothers and sisters for matches.
    rounds=[block_on("birth_date"), block_on("forename", "surname")],
)
