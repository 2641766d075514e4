from __future__ import annotations

import pytest

from seatsync.mirror.statements import to_pyformat


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("SELECT :a, :b2_c FROM t", "SELECT %(a)s, %(b2_c)s FROM t"),
        ("SELECT :a::uuid, b::text", "SELECT %(a)s::uuid, b::text"),
        ("SELECT ':a ? 50%'", "SELECT ':a ? 50%%'"),
        ("SELECT 'it''s :a' || :a", "SELECT 'it''s :a' || %(a)s"),
        ('SELECT ":a"', 'SELECT ":a"'),
        ("SELECT 7 % 2", "SELECT 7 %% 2"),
        ("SELECT '12:30'", "SELECT '12:30'"),
        ("INSERT INTO t VALUES (?, ?)", "INSERT INTO t VALUES (%s, %s)"),
        ("SELECT x LIKE 'a%' AND y = ?", "SELECT x LIKE 'a%%' AND y = %s"),
        ("SELECT 1", "SELECT 1"),
    ],
)
def test_marks_are_respelled_and_quoted_text_is_left_alone(ours: str, theirs: str) -> None:
    assert to_pyformat(ours) == theirs
