"""A small policy document that the tests of operations share, and ways to bend it."""

from childindex.caller import Actor, ActorRole, Caller, Purpose

POLICY = """
version = 1

[[record_types]]
name = "school.pupil"
[[record_types]]
name = "health.gp_patient"
[[record_types]]
name = "social_care.case"
[[record_types]]
name = "health.sexual_health"
sensitive = true

[[custodians]]
id = "oakfield-school"
name = "Oakfield School"
kind = "school"
authority = "northshire"
territory = "England"
accountable_officer = "Head of records"
record_types = ["school.pupil"]
contact = { team = "School office", telephone = "01632 960001" }

[[custodians]]
id = "mill-lane-surgery"
name = "Mill Lane Surgery"
kind = "general_practice"
authority = "northshire"
territory = "England"
accountable_officer = "Practice manager"
record_types = ["health.gp_patient", "health.sexual_health"]
contact = { team = "Reception" }

[[custodians]]
id = "borough-social-care"
name = "Borough Social Care"
kind = "social_care"
authority = "northshire"
territory = "England"
accountable_officer = "Director of children's services"
record_types = ["social_care.case"]
contact = { team = "Duty desk", out_of_hours = "01632 960002" }

[[custodians]]
id = "harbour-trust"
name = "Harbour Trust"
kind = "voluntary"
authority = "northshire"
territory = "England"
accountable_officer = "Trustee"
contact = { team = "Office" }

[[agreements]]
id = "issuers"
gateway = "Synthetic gateway 1"
territory = "England"
starts = 2026-01-01
ends = 2030-12-31
parties = ["oakfield-school", "mill-lane-surgery"]
purposes = ["SAFEGUARDING", "EDUCATION", "HEALTH", "RECORD_KEEPING"]
grants = ["REGISTER", "ISSUE", "RESOLVE", "FIND"]
[[agreements.find]]
holders = ["social_care"]
record_types = ["social_care.case"]
visibility = "EXISTENCE"

[[agreements]]
id = "social-care"
gateway = "Synthetic gateway 2"
territory = "England"
starts = 2026-01-01
ends = 2030-12-31
parties = ["borough-social-care"]
purposes = ["SAFEGUARDING", "RECORD_KEEPING"]
grants = ["REGISTER", "RESOLVE", "FIND", "EXPLAIN"]
[[agreements.find]]
holders = ["school", "general_practice"]
record_types = ["school.pupil", "health.gp_patient"]
visibility = "CONTENT"
"""


def caller(
    custodian: str = "oakfield-school",
    *,
    role: ActorRole = ActorRole.PRACTITIONER,
    purpose: Purpose = Purpose.SAFEGUARDING,
    request_id: str = "r-1",
) -> Caller:
    return Caller(custodian, Actor("officer-7", role, custodian), purpose, request_id)
