from dataclasses import replace

import pytest

from childindex import linkage
from childindex.demographics import Demographics, PartialDate, Sex
from childindex.identifiers import Identifier, IdentifierType
from childindex.linkage import Decision
from childindex.linkage.children import source
from tests.linkage.people import child, match

TEMPORARY, PERMANENT = "U80120012300A", "H801200123001"


def test_what_is_not_given_is_left_out() -> None:
    assert source(Demographics()) == {}
    assert source(Demographics(given_name="Ann")) == {"given_name": ("Ann",)}


def test_every_detail_has_its_column() -> None:
    found = source(
        child("Ann", "Lee", "2014-05-03", middle_names="B C", known_as="Annie", former_family_names=("Ng", "Ho"),
              carer_family_name="Ray", uprn="10023", sex=Sex.FEMALE, expected_birth_date=PartialDate(2014, 6))
    )  # fmt: skip
    assert found == {
        "given_name": ("Ann",), "middle_names": ("B C",), "family_name": ("Lee",), "known_as": ("Annie",),
        "former_family_names": ("Ng", "Ho"), "carer_family_name": ("Ray",), "birth_date": ("2014-05-03",),
        "expected_birth_date": ("2014-06-00",), "sex": ("female",), "postcode": ("ZE11AA",), "uprn": ("10023",),
    }  # fmt: skip


def test_only_identifiers_whose_check_holds_count() -> None:
    details = Demographics(
        identifiers=(
            Identifier(IdentifierType.NHS_NUMBER, "943 476 5919"),
            Identifier(IdentifierType.NHS_NUMBER, "943 476 5870"),
            Identifier(IdentifierType.NHS_NUMBER, "943 476 5918"),
            Identifier(IdentifierType.UPN, "nonsense"),
        )
    )
    assert source(details, test_range=True) == {"nhs_number": ("9434765919", "9434765870")}
    assert source(details) == {}


def test_identifiers_are_in_the_column_of_their_own_scheme_with_those_they_replace() -> None:
    details = Demographics(
        identifiers=(
            Identifier(IdentifierType.NHS_NUMBER, "4005678904", replaces=("4005678912", "1706150008", "nonsense")),
            Identifier(IdentifierType.UPN, TEMPORARY),
            Identifier(IdentifierType.UPN, PERMANENT, replaces=(TEMPORARY,)),
        )
    )
    assert source(details) == {
        "nhs_number": ("4005678904", "4005678912"),
        "chi_number": ("1706150008",),
        "temporary_upn": (TEMPORARY,),
        "upn": (PERMANENT,),
    }


def test_what_fills_a_field_is_in_no_column() -> None:
    details = Demographics(
        given_name="Ann",
        middle_names="n/a",
        family_name="Lee",
        known_as="None",
        former_family_names=("Unknown", "Ng"),
        carer_family_name="Not known",
        birth_date=PartialDate(1900, 1, 1),
        postcode="NFA",
        uprn="999999999999",
    )
    assert source(details) == {"given_name": ("Ann",), "family_name": ("Lee",), "former_family_names": ("Ng",)}


@pytest.mark.parametrize(
    ("given", "family", "carer", "expected"),
    [
        ("Yang", "Sara", "Yang", ("Sara", "Yang")),
        ("YANG", "Xiao Mei", "Yang", ("Xiao Mei", "YANG")),
        ("Siu-Xiao", "Bear", "Siu", ("Bear", "Siu-Xiao")),
        ("Ho Yan Wong", "", "Wong", ("ho yan", "wong")),
        ("Kifle Mieron", "-", "Kifle", ("mieron", "kifle")),
        # nothing tells that the names have changed places
        ("Yang", "Sara", "", ("Yang", "Sara")),
        ("Yang", "Yang", "Yang", ("Yang",)),
        ("Thomas", "Thomas-Jones", "Thomas", ("Thomas", "Thomas-Jones")),
        ("James Thomas", "Jones", "Thomas", ("James Thomas", "Jones")),
        ("Baby Wong", "Lee", "Wong", ("Baby", "Lee")),
    ],
)
def test_a_family_name_in_the_place_of_the_forename_is_put_right_where_the_carer_tells_it(
    given: str, family: str, carer: str, expected: tuple[str, ...]
) -> None:
    found = source(Demographics(given_name=given, family_name=family, carer_family_name=carer))
    assert (*found["given_name"], *found.get("family_name", ())) == expected


@pytest.mark.parametrize(
    ("given", "family", "expected"),
    [
        ("", "Hodan Omar Warsame", {"given_name": ("Warsame", "Hodan"), "family_name": ("Hodan Omar Warsame",)}),
        ("", "Hodan Warsame", {"given_name": ("Warsame", "Hodan"), "family_name": ("Hodan Warsame",)}),
        ("", "Warsame", {"family_name": ("Warsame",)}),
        ("Hodan Omar Warsame", "", {"given_name": ("Hodan Omar Warsame",), "family_name": ("Warsame", "Hodan")}),
        ("Hodan-Omar", "-", {"given_name": ("Hodan-Omar",), "family_name": ("Omar", "Hodan")}),
        ("Hodan", "Hodan", {"given_name": ("Hodan",)}),
    ],
)
def test_where_one_field_holds_all_names_its_first_or_last_may_be_the_other(
    given: str, family: str, expected: dict[str, tuple[str, ...]]
) -> None:
    assert source(Demographics(given_name=given, family_name=family)) == expected


def test_a_placeholder_tells_what_the_other_fields_leave_out() -> None:
    baby = Demographics(given_name="Baby girl of Sarah Hill", family_name="Hill-Jones")
    assert source(baby) == {
        "given_name": ("Baby girl of Sarah Hill",), "family_name": ("Hill-Jones",), "sex": ("female",),
        "carer_family_name": ("hill",),
    }  # fmt: skip
    known = source(replace(baby, sex=Sex.MALE, carer_family_name="Holt"))
    assert (known["sex"], known["carer_family_name"]) == (("male",), ("Holt",))
    assert "carer_family_name" not in source(replace(baby, given_name="Boy of Sarah"))  # perhaps her given name
    assert "sex" not in source(replace(baby, given_name="Roy"))


@pytest.mark.parametrize(
    ("given", "family", "carer", "forename", "families"),
    [
        ("Infant Hill", "Hill", "", ("Infant",), ("Hill",)),
        ("Baby Hill-Jones", "Hill Jones", "", ("Baby",), ("Hill Jones",)),
        ("Infant Hill", "Jones", "Hill", ("Infant",), ("Jones",)),
        ("Infant Hill", "", "", ("Infant",), ("Hill",)),
        ("Infant Hill", "Unknown", "", ("Infant",), ("Hill",)),
        ("Baby Jane", "Hill", "", ("Baby Jane",), ("Hill",)),
        ("Mary Hill", "Hill", "", ("Mary Hill",), ("Hill",)),
    ],
)
def test_a_placeholder_beside_the_familys_name_is_one(
    given: str, family: str, carer: str, forename: tuple[str, ...], families: tuple[str, ...]
) -> None:
    found = source(Demographics(given_name=given, family_name=family, carer_family_name=carer))
    assert (found["given_name"], found["family_name"]) == (forename, families)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1st Twin", "2nd Twin"),
        ("Twin 1 Braithwaite", "Twin 2 Braithwaite"),
        ("Twin 1 Sarah", "Twin 2 Sarah"),
        ("Sarah Twin A", "Sarah Twin B"),
        ("Baby twin 1 of Sarah Hill", "Baby twin 2 of Sarah Hill"),
        ("Baby 1 of 2", "Baby 2 of 2"),
        ("Babygirl", "Babygirl"),
        ("Baby girl Sarah", "Baby girl Sarah"),
        ("NB Girl", "NB Girl"),
        ("Infant Braithwaite", "Infant Braithwaite"),
        ("Twin Braithwaite", "Twin Braithwaite"),
        ("Baby Boy Braithwaite", "Baby Boy Braithwaite"),
        ("Not known yet", "Not known yet"),
    ],
)
def test_twins_without_a_name_are_never_linked_unseen(one: str, other: str) -> None:
    """They share surname, birth date, address and sex: a placeholder that passes for a name would make them one."""
    known, query = child(one, born="2026-11-20"), child(other, born="2026-11-20")
    assert match(linkage.shipped(), query, [known]).decision is Decision.POSSIBLE
