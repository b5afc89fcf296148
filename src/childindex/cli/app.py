"""The `childindex` command: its groups put together.

The command modules import only what their options need; each command imports the rooms it uses when it runs, so that
`childindex --help` and `childindex number` do not wait for gRPC, numpy and LMDB.
"""

import typer

from childindex.cli import (
    ask,
    custodian,
    evaluate,
    explain,
    feeds,
    init,
    inspection,
    load,
    number,
    policy,
    serve,
    settle,
    tell,
    train,
)
from childindex.cli.faults import Told

app = typer.Typer(
    name="childindex",
    cls=Told,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="One number for every child, and who holds which record.",
)
for group in (init, serve, load, tell, ask, explain, feeds, inspection, settle, train, evaluate):
    app.registered_commands += group.app.registered_commands
app.add_typer(number.app, name="number", help="The form of child numbers, offline.")
app.add_typer(policy.app, name="policy", help="Check, sign and adopt the policy.")
app.add_typer(custodian.app, name="custodian", help="Certificates for custodians, in development.")
