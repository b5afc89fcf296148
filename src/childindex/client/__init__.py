"""The agency's client: typed, retrying what may be retried, checking child numbers before anything is sent.

    from datetime import date
    from childindex.caller import Actor, ActorRole, Purpose
    from childindex.client import Client, Credentials
    from childindex.demographics import Demographics, PartialDate

    actor = Actor(reference="user-17", role=ActorRole.PRACTITIONER, employer="oakfield-school")
    credentials = Credentials.read("credentials/oakfield-school")
    with Client("index.example:50051", credentials, actor, Purpose.SAFEGUARDING) as index:
        details = Demographics(given_name="Ada", family_name="Example", birth_date=PartialDate.of(date(2016, 5, 4)))
        answer = index.resolve(details)
        if answer.number:
            for held in index.find(answer.number, birth_date=date(2016, 5, 4)).records:
                print(held.custodian_name, held.record_type, held.contact.telephone)

Every refusal is a `ClientError` with the index's reason. Nothing here prints or logs personal data.
This room may not know the operations, nor how the index works: only its wire.
"""

from childindex.client.answers import Found, Registered, Resolved
from childindex.client.client import Client
from childindex.client.connection import Credentials
from childindex.client.errors import ClientError
from childindex.client.records import OwnKey, Record
from childindex.client.retry import Retry

__all__ = [
    "Client",
    "ClientError",
    "Credentials",
    "Found",
    "OwnKey",
    "Record",
    "Registered",
    "Resolved",
    "Retry",
]
