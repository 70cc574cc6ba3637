"""Who signed out stays out, whatever became of the file that says so."""

from prodflow.server.signed_out import FILE, SignedOut

END_S = 4_000_000_000


def test_a_line_that_was_written_in_half_keeps_nobody_in_and_nobody_out(tmp_path):
    signed_out = SignedOut(tmp_path)
    signed_out.add("one", END_S)
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'["two", 40')  # a power cut, or a full disk
    assert "one" in signed_out

    signed_out.add("three", END_S)
    assert [name in signed_out for name in ("one", "two", "three")] == [True, False, True]


def test_another_server_of_the_store_knows_it(tmp_path):
    signed_out, other = SignedOut(tmp_path), SignedOut(tmp_path)
    assert "one" not in other
    signed_out.add("one", END_S)
    assert "one" in other


def test_a_cookie_that_would_have_ended_is_forgotten(tmp_path):
    signed_out = SignedOut(tmp_path)
    signed_out.add("one", 1)
    assert "one" not in signed_out
