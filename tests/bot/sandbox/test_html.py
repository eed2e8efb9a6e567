"""Telegram's HTML, as its documentation draws the line."""

import pytest

from bot.sandbox.api_types import as_json
from bot.sandbox.errors import ApiError
from bot.sandbox.html import parse_html, utf16_length

READ = [
    ("plain", "Hello", "Hello", []),
    ("bold", "a <b>b</b> c", "a b c", [("bold", 2, 1)]),
    ("strong", "<strong>b</strong>", "b", [("bold", 0, 1)]),
    ("italic", "<i>b</i><em>c</em>", "bc", [("italic", 0, 1), ("italic", 1, 1)]),
    ("underline", "<u>b</u><ins>c</ins>", "bc", [("underline", 0, 1), ("underline", 1, 1)]),
    ("strike", "<s>a</s><strike>b</strike><del>c</del>", "abc", [("strikethrough", i, 1) for i in range(3)]),
    ("spoiler", "<tg-spoiler>a</tg-spoiler>", "a", [("spoiler", 0, 1)]),
    ("span", '<span class="tg-spoiler">a</span>', "a", [("spoiler", 0, 1)]),
    ("code", "<code>1 &lt; 2</code>", "1 < 2", [("code", 0, 5)]),
    ("pre", "<pre>x</pre>", "x", [("pre", 0, 1)]),
    ("quote", "<blockquote>x</blockquote>", "x", [("blockquote", 0, 1)]),
    ("expandable", "<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
    ("nested", "<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
    ("bold link", '<a href="https://t.me/x"><b>y</b></a>', "y", [("text_link", 0, 1), ("bold", 0, 1)]),
    (
        "code in a quote",
        "<blockquote><code>x</code></blockquote>",
        "x",
        [("blockquote", 0, 1), ("code", 0, 1)],
    ),
    ("named", "&lt;&gt;&amp;&quot;", '<>&"', []),
    ("numbers", "&#233;&#x1F600;", "é😀", []),
    ("UTF-16 offsets", "😀<b>😀é</b>", "😀😀é", [("bold", 2, 3)]),
    ("upper case", "<B>x</B>", "x", [("bold", 0, 1)]),
    ("nothing bold", "<b></b>x", "x", []),
    ("escaped tag", "&lt;b&gt;x", "<b>x", []),
]


@pytest.mark.parametrize(("source", "text", "entities"), [r[1:] for r in READ], ids=[r[0] for r in READ])
def test_html_is_read(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    formatted = parse_html(source)
    assert formatted.text == text
    assert [(e.type, e.offset, e.length) for e in formatted.entities] == entities


@pytest.mark.parametrize("source", [row[1] for row in READ], ids=[row[0] for row in READ])
def test_html_survives_the_way_back(source: str) -> None:
    formatted = parse_html(source)
    again = parse_html(formatted.html)
    assert again.text == formatted.text
    assert again == formatted


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        ('<a href="https://a.lu/?x=1&amp;y=2">z</a>', {"type": "text_link", "url": "https://a.lu/?x=1&y=2"}),
        ('<a href="tg://user?id=5">z</a>', {"type": "text_link", "url": "tg://user?id=5"}),
        ('<tg-emoji emoji-id="536">z</tg-emoji>', {"type": "custom_emoji", "custom_emoji_id": "536"}),
        ('<pre><code class="language-python">z</code></pre>', {"type": "pre", "language": "python"}),
    ],
)
def test_attributes_are_read(source: str, detail: dict[str, str]) -> None:
    formatted = parse_html(source)
    assert as_json(formatted.entities) == [{"offset": 0, "length": 1, **detail}]
    assert parse_html(formatted.html) == formatted


REFUSED = [
    ("unclosed", "<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
    ("never opened", "x</b>", "Unexpected end tag at byte offset 1"),
    ("crossed", "<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
    ("unknown tag", "é<p>x</p>", 'Unsupported start tag "p" at byte offset 2'),
    ("line break tag", "a<br>b", 'Unsupported start tag "br" at byte offset 1'),
    ("lone less-than", "1 < 2", "Unclosed start tag at byte offset 2"),
    ("unfinished tag", "x <b", "Unclosed start tag at byte offset 2"),
    ("lone greater-than", "Settings > Team", 'Character ">" must be written as "&gt;" at byte offset 9'),
    (
        "lone ampersand",
        "Salt & Pepper",
        'Character "&" must begin an entity of the four known or a number at byte offset 5',
    ),
    ("unknown entity", "a&nbsp;b", 'Character "&" must begin'),
    ("no code point", "&#1114112;", 'Character "&" must begin'),
    ("half a surrogate pair", "&#xD800;", 'Character "&" must begin'),
    ("attribute of b", '<b class="x">y</b>', 'Tag "b" must have the right attributes'),
    ("other span", '<span class="red">y</span>', 'Tag "span" must have the right attributes'),
    ("bare span", "<span>y</span>", 'Tag "span" must have the right attributes'),
    ("link to nowhere", "<a>y</a>", 'Tag "a" must have the right attributes'),
    ("link to a word", '<a href="here">y</a>', 'Tag "a" must have the right attributes'),
    ("unquoted attribute", "<a href=https://a.lu>y</a>", 'Wrong attribute in the tag "a"'),
    ("emoji without id", "<tg-emoji>y</tg-emoji>", 'Tag "tg-emoji" must have the right attributes'),
    (
        "language outside of pre",
        '<code class="language-x">y</code>',
        'Tag "code" must have the right attributes',
    ),
    ("bold in code", "<code><b>x</b></code>", 'Tag "b" must not be nested in "code"'),
    ("code in bold", "<b><code>x</code></b>", 'Tag "code" must not be nested in "b"'),
    (
        "quote in quote",
        "<blockquote>a<blockquote>b</blockquote></blockquote>",
        'Tag "blockquote" must not be nested',
    ),
    (
        "link in link",
        '<a href="https://a.lu">a<a href="https://b.lu">b</a></a>',
        'Tag "a" must not be nested in "a"',
    ),
]


@pytest.mark.parametrize(("source", "reason"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_html_that_breaks_a_rule_is_refused(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_html(source)
    assert str(refused.value).startswith(f"400 Bad Request: can't parse entities: {reason}")


@pytest.mark.parametrize(("text", "length"), [("abc", 3), ("é", 1), ("😀", 2), ("👨‍👩‍👧", 8), ("", 0)])
def test_length_counts_utf16_units(text: str, length: int) -> None:
    assert utf16_length(text) == length
