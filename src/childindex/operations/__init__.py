"""What the index does, one page each: the folder listing is the feature list.

    index = Index(store, vault, model)
    registration = await register(index, caller, declaration)
    resolution = await resolve(index, caller, demographics)
    found = await find(index, caller, resolution.number, birth_date=born)

Operations work without gRPC: tests and benches call them directly. Only here are linkage, store and vault joined.
"""

from childindex.operations.adopt import SignedPolicy, adopt_policy, check_model, trust_signers
from childindex.operations.answers import (
    Changes,
    Contact,
    Found,
    FoundPointer,
    OwnRecord,
    OwnRecords,
    RecordChange,
    Registration,
    Resolution,
    Verification,
)
from childindex.operations.batch import register_many
from childindex.operations.explained import (
    Decision,
    ExplainedCandidate,
    ExplainedChange,
    ExplainedClass,
    ExplainedComparison,
    ExplainedRival,
    Explanation,
)
from childindex.operations.find import NOTICE, find
from childindex.operations.index import Index, Settings
from childindex.operations.own import list_changes, list_own_records
from childindex.operations.register import register
from childindex.operations.resolve import resolve, resolve_many
from childindex.operations.settle import Settlement, settle
from childindex.operations.sweep import entry_numbered, foresee, live_entries, settle_each
from childindex.operations.verify import check_number, verify
from childindex.operations.withdraw import withdraw

__all__ = [
    "NOTICE",
    "Changes",
    "Contact",
    "Decision",
    "ExplainedCandidate",
    "ExplainedChange",
    "ExplainedClass",
    "ExplainedComparison",
    "ExplainedRival",
    "Explanation",
    "Found",
    "FoundPointer",
    "Index",
    "OwnRecord",
    "OwnRecords",
    "RecordChange",
    "Registration",
    "Resolution",
    "Settings",
    "Settlement",
    "SignedPolicy",
    "Verification",
    "adopt_policy",
    "check_model",
    "check_number",
    "entry_numbered",
    "find",
    "foresee",
    "list_changes",
    "list_own_records",
    "live_entries",
    "register",
    "register_many",
    "resolve",
    "resolve_many",
    "settle",
    "settle_each",
    "trust_signers",
    "verify",
    "withdraw",
]
