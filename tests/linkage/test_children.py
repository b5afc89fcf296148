from childindex.demographics import Demographics, PartialDate, Sex
from childindex.identifiers import Identifier, IdentifierType
from childindex.linkage.children import source
from tests.linkage.people import child


def test_what_is_not_given_is_left_out() -> None:
    assert source(Demographics()) == {}
    assert source(Demographics(given_name="Ann")) == {"given_name": ("Ann",)}


def test_every_detail_has_its_column() -> None:
    found = source(
        child("Ann", "Lee", "2014-05-03", middle_names="B C", known_as="Annie", former_family_names=("Ng", "Ho"),
              carer_family_name="Ray", uprn="1", sex=Sex.FEMALE, expected_birth_date=PartialDate(2014, 6))
    )  # fmt: skip
    assert found == {
        "given_name": ("Ann",), "middle_names": ("B C",), "family_name": ("Lee",), "known_as": ("Annie",),
        "former_family_names": ("Ng", "Ho"), "carer_family_name": ("Ray",), "birth_date": ("2014-05-03",),
        "expected_birth_date": ("2014-06-00",), "sex": ("female",), "postcode": ("ZZ1 1AA",), "uprn": ("1",),
    }  # fmt: skip


def test_only_identifiers_whose_check_holds_count() -> None:
    found = source(
        Demographics(
            identifiers=(
                Identifier(IdentifierType.NHS_NUMBER, "943 476 5919"),
                Identifier(IdentifierType.NHS_NUMBER, "943 476 5870"),
                Identifier(IdentifierType.NHS_NUMBER, "943 476 5918"),
                Identifier(IdentifierType.UPN, "nonsense"),
            )
        )
    )
    assert found == {"nhs_number": ("9434765919", "9434765870")}
