"""The vault as a whole: creating, opening, rooms, rotation while it runs."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from childindex.errors import Error, StoreDamaged
from childindex.pointer import RecordKey
from childindex.vault import Handle, Sealed, Vault, provider
from childindex.vault.keyset import Keyset, Purpose
from childindex.vault.seal import OVERHEAD

RECORD = RecordKey("a-school", "pupils", "school.pupil", "0001")


def test_an_opened_vault_is_the_one_created(directory: Path) -> None:
    created = Vault.create(directory)
    opened = Vault.open(directory)
    assert opened.keyset_id == created.keyset_id
    assert len(opened.keyset_id) == 8
    assert opened.code("surname", "sample") == created.code("surname", "sample")
    assert opened.block_key("rule", ("a",)) == created.block_key("rule", ("a",))
    assert opened.birth_code("2019-03-04") == created.birth_code("2019-03-04")
    assert opened.handle(Handle.NUMBER, "C") == created.handle(Handle.NUMBER, "C")
    assert opened.open_sealed(Sealed.POLICY, created.seal(Sealed.POLICY, b"x", b"1"), b"1") == b"x"
    assert opened.open_place(RECORD, created.seal_place(RECORD, b"x")) == b"x"
    assert opened.decrypt_rows([created.encrypt_rows(b"x")]) == [b"x"]


def test_another_process_hashes_alike(directory: Path) -> None:
    vault = Vault.create(directory)
    script = (
        "import sys; from pathlib import Path; from childindex.vault import Vault;"
        "print(Vault.open(Path(sys.argv[1])).code('surname', 'sample'))"
    )
    run = subprocess.run([sys.executable, "-c", script, str(directory)], capture_output=True, text=True, check=True)
    assert int(run.stdout) == vault.code("surname", "sample")


def test_create_never_overwrites(directory: Path) -> None:
    Vault.create(directory)
    before = (directory / provider.FILE).read_bytes()
    with pytest.raises(Error, match="exists already"):
        Vault.create(directory)
    assert (directory / provider.FILE).read_bytes() == before


def test_what_is_missing_lax_or_damaged_does_not_open(directory: Path) -> None:
    with pytest.raises(Error):
        Vault.open(directory)
    Vault.create(directory)
    path = directory / provider.FILE
    path.chmod(0o644)
    with pytest.raises(Error, match="open to others"):
        Vault.open(directory)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(StoreDamaged, match="damaged"):
        Vault.open(directory)


@given(room=st.sampled_from(Sealed), plaintext=st.binary(max_size=300), place=st.binary(min_size=1, max_size=20))
def test_a_room_opens_its_own_values(vault: Vault, room: Sealed, plaintext: bytes, place: bytes) -> None:
    assert vault.open_sealed(room, vault.seal(room, plaintext, place), place) == plaintext


@pytest.mark.parametrize("room", Sealed)
def test_a_value_opens_in_no_other_room_place_or_keyset(room: Sealed, vault: Vault, stranger: Vault) -> None:
    sealed = vault.seal(room, b"x", b"here")
    elsewhere = [(vault, other, b"here") for other in Sealed if other is not room]
    for opener, other, place in [*elsewhere, (vault, room, b"there"), (stranger, room, b"here")]:
        with pytest.raises(StoreDamaged):
            opener.open_sealed(other, sealed, place)
    with pytest.raises(StoreDamaged):
        vault.open_place(RECORD, sealed)
    with pytest.raises(StoreDamaged):
        vault.child_key(b"here", sealed)


def test_rooms_hide_the_length_of_what_they_hold(vault: Vault) -> None:
    for room in Sealed:
        sizes = {len(vault.seal(room, bytes(n), b"here")) for n in range(room.floor)}
        assert sizes == {room.floor + OVERHEAD}


def test_keysets_hash_apart(vault: Vault, stranger: Vault) -> None:
    assert vault.keyset_id != stranger.keyset_id
    assert vault.code("surname", "sample") != stranger.code("surname", "sample")
    assert vault.handle(Handle.RECORD, "a") != stranger.handle(Handle.RECORD, "a")
    with pytest.raises(StoreDamaged):
        stranger.decrypt_rows([vault.encrypt_rows(b"x")])


def test_rows_are_bound_and_checked(vault: Vault, stranger: Vault) -> None:
    bound = vault.bind_row(vault.encrypt_rows(b"row"), b"entry")
    vault.check_row(bound, b"entry")
    for other, place in ((vault, b"other"), (stranger, b"entry")):
        with pytest.raises(StoreDamaged):
            other.check_row(bound, place)


ROTATING = [purpose for purpose in Purpose if purpose is not Purpose.INDEX]


def test_a_running_vault_learns_of_new_keys_and_opens_the_old(directory: Path) -> None:
    running = Vault.create(directory)
    child, wrapped = running.new_child_key(b"entry")
    old = (
        running.seal(Sealed.POLICY, b"x", b"1"),
        running.seal_place(RECORD, b"x"),
        running.bind_row(running.encrypt_rows(b"x"), b"1"),
        wrapped,
    )
    for purpose in ROTATING:
        provider.rotate(directory, purpose)
    rotated = Vault.open(directory)
    new = (
        rotated.seal(Sealed.POLICY, b"x", b"1"),
        rotated.seal_place(RECORD, b"x"),
        rotated.bind_row(rotated.encrypt_rows(b"x"), b"1"),
        rotated.rewrap_child_key(b"entry", wrapped),
    )
    assert all(a[:5] != b[:5] for a, b in zip(old, new, strict=True))
    sealed = child.seal(b"part", b"x", b"1")
    for vault in (rotated, running):
        for policy, place, row, key in (old, new):
            assert vault.open_sealed(Sealed.POLICY, policy, b"1") == b"x"
            assert vault.open_place(RECORD, place) == b"x"
            assert vault.decrypt_rows([row[:-8]]) == [b"x"]
            vault.check_row(row, b"1")
            assert vault.child_key(b"entry", key).open(b"part", sealed, b"1") == b"x"
    assert running.code("surname", "sample") == rotated.code("surname", "sample")
    assert running.seal(Sealed.POLICY, b"x", b"1")[:5] == new[0][:5]


@pytest.mark.parametrize("purpose", ROTATING)
def test_each_kind_of_value_alone_makes_a_running_vault_learn(directory: Path, purpose: Purpose) -> None:
    running = Vault.create(directory)
    provider.rotate(directory, purpose)
    rotated = Vault.open(directory)
    child, wrapped = rotated.new_child_key(b"entry")
    meetings: dict[Purpose, Callable[[], bytes]] = {
        Purpose.SEALING: lambda: running.open_sealed(Sealed.META, rotated.seal(Sealed.META, b"x", b"1"), b"1"),
        Purpose.PLACE: lambda: running.open_place(RECORD, rotated.seal_place(RECORD, b"x")),
        Purpose.ROWS: lambda: running.decrypt_rows([rotated.encrypt_rows(b"x")])[0],
        Purpose.EPOCH: lambda: running.child_key(b"entry", wrapped).open(b"p", child.seal(b"p", b"x", b"1"), b"1"),
    }
    assert meetings[purpose]() == b"x"


def test_an_unknown_key_reads_the_file_again_only_when_it_changed(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault.create(directory)
    forged = b"\1none" + bytes(40)
    reads: list[Path] = []
    load = provider.load

    def counted(path: Path) -> Keyset:
        reads.append(path)
        return load(path)

    monkeypatch.setattr(provider, "load", counted)
    for _ in range(3):
        with pytest.raises(StoreDamaged):
            vault.open_sealed(Sealed.POLICY, forged, b"1")
    assert reads == []
    provider.rotate(directory, Purpose.SEALING)
    reads.clear()
    for _ in range(3):
        with pytest.raises(StoreDamaged):
            vault.open_sealed(Sealed.POLICY, forged, b"1")
    assert len(reads) == 1


def test_a_keyset_file_that_went_away_is_an_error(directory: Path) -> None:
    vault = Vault.create(directory)
    (directory / provider.FILE).unlink()
    with pytest.raises(StoreDamaged, match="gone"):
        vault.open_sealed(Sealed.POLICY, b"\1none" + bytes(40), b"1")


def test_a_destroyed_epoch_key_takes_its_children_with_it(directory: Path) -> None:
    vault = Vault.create(directory)
    wrapped = vault.new_child_key(b"entry")[1]
    kept = vault.new_child_key(b"other")[1]
    provider.rotate(directory, Purpose.EPOCH)
    vault = Vault.open(directory)
    moved = vault.rewrap_child_key(b"other", kept)
    assert vault.rewrap_child_key(b"other", moved) == moved
    provider.destroy(directory, wrapped[1:5])
    vault = Vault.open(directory)
    vault.child_key(b"other", moved)
    for lost in (wrapped, kept):
        with pytest.raises(StoreDamaged):
            vault.child_key(b"entry", lost)


def test_two_rotations_at_once_are_both_kept(directory: Path) -> None:
    Vault.create(directory)
    script = (
        "import sys; from pathlib import Path; from childindex.vault import provider, keyset\n"
        "for _ in range(10): provider.rotate(Path(sys.argv[1]), keyset.Purpose.ROWS)"
    )
    runs = [subprocess.Popen([sys.executable, "-c", script, str(directory)]) for _ in range(2)]
    assert [run.wait() for run in runs] == [0, 0]
    assert len(provider.load(directory).of(Purpose.ROWS)) == 21


def test_rotation_leaves_the_file_private(directory: Path) -> None:
    Vault.create(directory)
    provider.rotate(directory, Purpose.ROWS)
    assert list(directory.iterdir()) == [directory / provider.FILE]
    assert (directory / provider.FILE).stat().st_mode & 0o777 == 0o600
