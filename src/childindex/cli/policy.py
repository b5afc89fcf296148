"""`childindex policy`: check, sign and adopt the policy document. Signers are officials, not operators."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from childindex.cli.faults import Misused
from childindex.cli.options import DEFAULT_VAR, Var

app = typer.Typer(no_args_is_help=True)

PolicyFile = Annotated[Path, typer.Argument(help="The policy document, TOML.", metavar="FILE")]


@app.command()
def check(document: PolicyFile) -> None:
    """Is this a policy document? Tells every key that is wrong."""
    from childindex.operations.directory import Document

    found = Document.parse(document.read_bytes())
    held = f"{len(found.custodians)} custodians, {len(found.agreements)} agreements"
    typer.echo(f"policy version {found.version}: {held}")


@app.command()
def signer(key: Annotated[Path, typer.Argument(help="Where the private key is to lie.", metavar="FILE")]) -> None:
    """Make a signer's private key, and beside it (.pub) the public key for `childindex init --signer`."""
    from childindex.vault.signing import Signer

    made = Signer.create(key)
    public = key.with_suffix(key.suffix + ".pub")
    public.write_text(made.public.hex() + "\n", encoding="ascii")
    typer.echo(f"made  {key}  the private key: it never leaves its signer\nmade  {public}  signer {made.id}")


@app.command()
def sign(
    document: PolicyFile,
    key: Annotated[Path, typer.Option(help="The signer's private key.", metavar="FILE")],
) -> None:
    """Add a signature to FILE.sig, beside those of others."""
    from childindex.operations.directory import Document
    from childindex.vault.signing import Signer

    content = document.read_bytes()
    Document.parse(content)
    by = Signer.open(key)
    kept = signature_file(document)
    signatures = read_signatures(document) if kept.exists() else {}
    signatures[by.id] = by.sign(content)
    kept.write_text(json.dumps({who: s.hex() for who, s in sorted(signatures.items())}, indent=1), encoding="ascii")
    typer.echo(f"{kept}: {len(signatures)} of 2 signatures")


@app.command()
def adopt(document: PolicyFile, var: Var = DEFAULT_VAR) -> None:
    """Put a signed policy in force, at once, whether the service runs or not."""
    from childindex.cli.build import config_of
    from childindex.cli.founding import put_in_force
    from childindex.operations import SignedPolicy

    policy = SignedPolicy(document.read_bytes(), read_signatures(document))
    version = asyncio.run(put_in_force(config_of(var), policy))
    typer.echo(f"policy version {version} is in force")


def signature_file(document: Path) -> Path:
    """Where the signatures of a document lie."""
    return document.with_suffix(document.suffix + ".sig")


def read_signatures(document: Path) -> dict[str, bytes]:
    """Signatures by signer id. Raises `Misused` when the file is none of ours, OSError when absent."""
    kept = signature_file(document)
    try:
        return {str(who): bytes.fromhex(text) for who, text in json.loads(kept.read_bytes()).items()}
    except (ValueError, TypeError, AttributeError):
        raise Misused(f"{kept} holds no signatures") from None
