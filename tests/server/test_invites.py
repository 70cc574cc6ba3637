"""Links that let annotators in: signed, with an end, taken back at any time."""

import threading

import pytest
from itsdangerous import URLSafeSerializer

from prodflow.core.errors import SettingError, StoreError
from prodflow.server.invites import Invites, LinkError
from prodflow.server.key import read_or_make_key


@pytest.fixture
def invites(tmp_path):
    return Invites(tmp_path)


def test_a_link_opens_its_dataset_as_its_annotator(invites):
    token = invites.token(invites.make("news", "alex", lasts_s=60))

    found = invites.open(token, "news")

    assert (found.name, found.role, found.dataset) == ("alex", "annotator", "news")
    with pytest.raises(LinkError, match="another set of tasks"):
        invites.open(token, "other")


def test_a_link_ends(invites, monkeypatch):
    invite = invites.make("news", "alex", lasts_s=3600)
    monkeypatch.setattr("time.time", lambda: invite.made + 3599.0)
    assert invites.open(invites.token(invite), "news") == invite
    monkeypatch.setattr("time.time", lambda: invite.made + 3600.0)
    with pytest.raises(LinkError, match="It ended on 20"):
        invites.open(invites.token(invite), "news")


def test_a_link_that_was_taken_back_opens_nothing_in_any_process(invites, tmp_path):
    invite = invites.make("news", "alex")
    server = Invites(tmp_path)
    assert server.open(invites.token(invite), "news").expires is None

    invites.revoke(invite)

    with pytest.raises(LinkError, match="taken back"):
        server.open(invites.token(invite), "news")
    assert [one.state() for one in server.all()] == ["revoked"]


def test_no_part_of_a_link_can_be_changed(invites):
    token = invites.token(invites.make("news", "alex", lasts_s=60))
    for place in range(len(token)):
        for letter in "A.":
            changed = token[:place] + letter + token[place + 1 :]
            if changed != token and not same_bits(token, place, letter):
                with pytest.raises(LinkError):
                    invites.open(changed, "news")


def same_bits(token, place, letter):
    """The last letter of base64 has bits that nobody reads."""
    return place == len(token) - 1 and letter != "."


def test_a_link_of_another_store_or_purpose_opens_nothing(invites, tmp_path):
    other = Invites(tmp_path / "other")
    with pytest.raises(LinkError, match="not complete, or it was changed"):
        invites.open(other.token(other.make("news", "alex")), "news")
    cookie = invites.signer("cookie").dumps(["id", "news", "alex", "admin", None])
    with pytest.raises(LinkError):
        invites.open(cookie, "news")


def test_a_signature_without_an_entry_in_the_register_opens_nothing(invites, tmp_path):
    invite = invites.make("news", "alex")
    (tmp_path / "invites.jsonl").unlink()
    with pytest.raises(LinkError, match="not known here"):
        invites.open(invites.token(invite), "news")


@pytest.mark.parametrize("token", ["", ".", "a.b", "x" * 100_000, "\0", "ü", "W10.", "bnVsbA.AAAA", "[" * 2000])
def test_rubbish_is_refused_as_such(invites, token):
    with pytest.raises(LinkError):
        invites.open(token, "news")


def test_the_key_is_its_owners_alone_and_stays(tmp_path, caplog):
    file = tmp_path / "key"
    key = read_or_make_key(file)
    assert (len(key), file.stat().st_mode & 0o777) == (32, 0o600)
    file.chmod(0o644)
    assert read_or_make_key(file) == key
    assert file.stat().st_mode & 0o777 == 0o600
    assert "could be read by other users" in caplog.text
    assert key.hex() not in caplog.text
    file.write_bytes(b"half")
    assert len(read_or_make_key(file)) == 32
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_all_who_ask_for_a_new_key_at_once_get_the_same(tmp_path):
    found, start = [], threading.Barrier(8)

    def ask():
        start.wait()
        found.append(read_or_make_key(tmp_path / "key"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1


def test_two_who_write_at_once_lose_nothing(tmp_path):
    def make(name):
        mine = Invites(tmp_path)
        for number in range(20):
            mine.make("news", f"{name}{number}")

    threads = [threading.Thread(target=make, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Invites(tmp_path).all()) == 80


def test_a_line_that_is_being_written_is_left_out_and_a_broken_one_named(invites, tmp_path):
    invites.make("news", "alex")
    register = tmp_path / "invites.jsonl"
    whole = register.read_bytes()
    register.write_bytes(whole + b'{"id": "half')
    assert [invite.name for invite in Invites(tmp_path).all()] == ["alex"]
    register.write_bytes(whole + b"{oops\n")
    with pytest.raises(StoreError, match=r"invites\.jsonl, line 2: .*take the broken line out"):
        Invites(tmp_path).all()


def test_names_that_cannot_be_one_are_refused(invites):
    for name in (None, "", " ", "../x", "a\nb", "x" * 201):
        with pytest.raises(SettingError):
            invites.make("news", name)
    assert invites.make("news", None, role="admin").name is None


def test_the_register_holds_no_link(invites, tmp_path):
    token = invites.token(invites.make("news", "alex"))
    assert token.rpartition(".")[2] not in (tmp_path / "invites.jsonl").read_text()
    assert isinstance(invites.signer("invite"), URLSafeSerializer)
