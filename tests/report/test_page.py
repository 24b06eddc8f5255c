"""Text on a page: lines fit, paths stay whole, and only a page with colours has any."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bazel_xc.report.page import BOLD, RED, Page


def test_long_text_hangs_and_words_stay_whole() -> None:
    page = Page(40)

    assert [*page.item("  ", "needs ./a/very/long/path/that/is/longer/than/the/page and more")] == [
        "  needs",
        "    ./a/very/long/path/that/is/longer/than/the/page",
        "    and more",
    ]
    assert [*Page(0).item("", "x " * 99)] == [("x " * 99).rstrip()]


def test_colour_is_on_the_head_only() -> None:
    assert [*Page(80, True).item("  ", " on linux", head="cannot build", code=RED)] == [
        "  \033[31mcannot build\033[0m on linux"
    ]
    assert [*Page(80).item("  ", " on linux", head="cannot build", code=RED)] == ["  cannot build on linux"]
    assert [*Page(80, True).heading("Why C")] == ["", f"\033[{BOLD}mWhy C\033[0m"]


def test_numbers_are_on_the_right_and_the_last_cell_hangs() -> None:
    rows = [["55", "darwin_arm64", "one two three four five six"], ["7", "linux", "b"]]

    assert [*Page(40).columns(rows)] == [
        ("  55  darwin_arm64  one two three four", "                    five six"),
        ("   7  linux         b",),
    ]


@given(st.text(), st.text(), st.booleans())
def test_names_bring_no_control_characters(head: str, text: str, color: bool) -> None:
    for line in Page(80, color).item("  ", text, head=head, code=BOLD):
        assert not {"\n", "\r", "\u202e"} & set(line)
        assert "\033" not in line.replace("\033[1m", "").replace("\033[0m", "")
