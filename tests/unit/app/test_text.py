"""Text of strangers on a terminal."""

import pytest

from app.text import human_count, human_size, one_line, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cat.png", "cat.png"),
        ("Katze Ä 猫 🐈", "Katze Ä 猫 🐈"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\r\nb\tc", "a\\x0d\\x0ab\\x09c"),
        ("\x9b2J", "\\x9b2J"),
        ("gpj.\u202etxt", "gpj.\\u202etxt"),
        ("a\u200bb\u2028c", "a\\u200bb\\u2028c"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("z" + "\u0301" * 50, "z" + "\u0301" * 4),
    ],
)
def test_printable(text, shown):
    assert printable(text) == shown
    assert printable(text).isprintable()


def test_long_names_keep_both_ends():
    shown = printable("a" * 500 + ".png")
    assert len(shown) == 200
    assert shown.startswith("aaa")
    assert shown.endswith(".png")
    assert printable("a" * 500, limit=None) == "a" * 500


def test_one_line():
    assert one_line("a\nb\x1b  c") == "a b\\x1b c"


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (9_994, "9.99 kB"),
        (9_996, "10.0 kB"),
        (99_960, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.00 MB"),
        (4_180_000, "4.18 MB"),
        (3 * 10**15, "3.00 PB"),
        (3 * 10**19, "30000 PB"),
    ],
)
def test_sizes(size, shown):
    assert human_size(size) == shown


def test_counts():
    assert human_count(1, "entry/entries") == "1 entry"
    assert human_count(1200, "entry/entries") == "1,200 entries"
    assert human_count(2, "run") == "2 runs"
