"""Splink's settings for the public sets, in the shape of its own demonstrations for the same data."""

import splink.comparison_library as cl
from splink import SettingsCreator, block_on

from bench.peers.tools.recipe import Recipe

_SEEN = "select row as unique_id, * exclude (row) from read_csv('{path}', all_varchar = true, nullstr = '')"
_NAMES = "*, first_name || ' ' || surname as both_names"
_SWAPPED = "l.given_name = r.surname and l.surname = r.given_name"

_FEBRL = [
    cl.NameComparison("given_name"),
    cl.NameComparison("surname"),
    cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
    cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
    cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
    cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
]

FEBRL_4 = Recipe(
    files=("a", "b"),
    seen=_SEEN,
    settings=SettingsCreator(
        link_type="link_only",
        comparisons=_FEBRL,
        blocking_rules_to_generate_predictions=[
            block_on("given_name", "surname"),
            _SWAPPED,
            block_on("date_of_birth"),
            block_on("soc_sec_id"),
            block_on("state", "address_1"),
            block_on("street_number", "address_1"),
            block_on("postcode"),
        ],
    ),
    certain=[block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")],
    certain_recall=0.8,
    random_pairs=1e7,
    rounds=[block_on("date_of_birth"), block_on("postcode")],
)

FEBRL_3 = Recipe(
    files=("a",),
    seen=_SEEN,
    settings=SettingsCreator(
        link_type="dedupe_only",
        comparisons=_FEBRL,
        blocking_rules_to_generate_predictions=[
            block_on("soc_sec_id"),
            block_on("given_name"),
            block_on("surname"),
            block_on("date_of_birth"),
            block_on("postcode"),
            block_on("street_number", "address_1"),
        ],
    ),
    certain=[
        block_on("soc_sec_id"),
        block_on("given_name", "surname", "date_of_birth"),
        f"{_SWAPPED} and l.date_of_birth = r.date_of_birth",
    ],
    certain_recall=0.9,
    random_pairs=1e7,
    rounds=[block_on("date_of_birth"), block_on("postcode")],
)

FAKE = Recipe(
    files=("a",),
    seen=_SEEN,
    settings=SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "surname"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("first_name"),
            block_on("surname"),
            block_on("dob"),
            block_on("email"),
        ],
    ),
    certain=[
        "l.first_name = r.first_name and levenshtein(r.dob, l.dob) <= 1",
        "l.surname = r.surname and levenshtein(r.dob, l.dob) <= 1",
        "l.first_name = r.first_name and levenshtein(r.surname, l.surname) <= 2",
        block_on("email"),
    ],
    certain_recall=0.7,
    random_pairs=1e7,
    rounds=[block_on("dob"), block_on("email"), block_on("first_name", "surname")],
)

HISTORICAL = Recipe(
    files=("a",),
    seen=_SEEN.replace("* exclude (row)", f"{_NAMES}".replace("*", "* exclude (row)")),
    settings=SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="both_names"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("substr(first_name, 1, 3)", "substr(surname, 1, 4)"),
            block_on("surname", "dob"),
            block_on("first_name", "dob"),
            block_on("postcode_fake", "first_name"),
            block_on("postcode_fake", "surname"),
            block_on("dob", "birth_place"),
            block_on("substr(postcode_fake, 1, 3)", "dob"),
            block_on("substr(postcode_fake, 1, 3)", "first_name"),
            block_on("substr(postcode_fake, 1, 3)", "surname"),
            block_on("substr(first_name, 1, 2)", "substr(surname, 1, 2)", "substr(dob, 1, 4)"),
        ],
        retain_matching_columns=False,
    ),
    certain=[
        block_on("first_name", "surname", "dob"),
        block_on("substr(first_name, 1, 2)", "surname", "substr(postcode_fake, 1, 2)"),
        block_on("dob", "postcode_fake"),
    ],
    certain_recall=0.6,
    random_pairs=1e7,
    rounds=[block_on("first_name", "surname"), block_on("dob")],
)
