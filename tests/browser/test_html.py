"""HTML of tasks is inert and stays in its card."""

import pytest
from playwright.sync_api import expect

from tests.browser.annotator import Annotator, write_tasks
from tests.browser.hostile_html import HTML

pytestmark = pytest.mark.browser

ATTACKS = [
    "<script>pwn()</script>",
    "<img src=x onerror=pwn()>",
    "<svg onload=pwn()><script>pwn()</script></svg>",
    "<svg><animate onbegin=pwn() attributeName=x dur=1s></svg>",
    '<a href="javascript:pwn()">a</a>',
    '<a href=" &#106;avascript:pwn()">a</a>',
    '<iframe src="javascript:pwn()"></iframe><iframe srcdoc="<script>parent.pwn()</script>"></iframe>',
    '<form action="javascript:pwn()"><input autofocus onfocus=pwn()><button>a</button></form>',
    "<details open ontoggle=pwn()>a</details>",
    "<video><source onerror=pwn()></video>",
    "<math><mtext><table><mglyph><style><img src=x onerror=pwn()></style></mglyph></table></mtext></math>",
    '<noscript><p title="</noscript><img src=x onerror=pwn()>"></noscript>',
    "<style>.pf-actions { display: none }</style>",
    '<link rel="stylesheet" href="data:text/css,*{display:none}">',
    '<meta http-equiv="refresh" content="0;url=https://example.org">',
    '<base href="https://example.org/">',
    '<object data="javascript:pwn()"></object><embed src="javascript:pwn()">',
    '<p id="app" name="body">clobber</p><img name="getElementById">',
    '<div popover id="p">a</div><button popovertarget="p">a</button><dialog open>a</dialog>',
]
HARMLESS = (
    '<h2>Title</h2><p class="mine pf-action" style="color: red">One <b>two</b> <a href="https://example.org">l</a></p>'
)
ESCAPES = (
    '<div class="cover" style="position:fixed;inset:0;z-index:99999;background:red;width:300vw;height:300vh">a</div>'
)


def test_a_corpus_of_attacks_is_inert(serve, open_page, tmp_path):
    tasks = [{"html": f"<p>number {number}</p>{attack}"} for number, attack in enumerate([*ATTACKS, "".join(ATTACKS)])]
    page = open_page()
    page.add_init_script("window.hits = 0; window.pwn = () => { window.hits += 1; }")
    annotator = Annotator(page, serve(write_tasks(tmp_path / "t.jsonl", tasks), view_id="html"))

    for number in range(len(tasks)):
        expect(annotator.card).to_contain_text(f"number {number}")
        found = page.locator(".pf-html").evaluate(
            """box => [...box.querySelectorAll('*')].filter(element =>
                /^(script|style|iframe|form|input|button|object|embed|meta|link|base|dialog)$/i.test(element.tagName) ||
                [...element.attributes].some(({name, value}) =>
                    name.startsWith('on') || name.startsWith('popover') || /^\\s*javascript:/i.test(value))
            ).map(element => element.outerHTML)"""
        )
        assert found == []
        annotator.press("Space")
    annotator.page.wait_for_timeout(100)
    expect(annotator.button("Accept")).to_be_visible()
    assert page.url == annotator.server.address.partition("?")[0]
    assert page.evaluate("window.hits") == 0


def test_the_corpus_of_hostile_html_is_inert(serve, open_page, tmp_path):
    """Each by itself, so that none hides behind another: an option of its own."""
    options = [{"id": number, "html": f"<p>number {number}</p>{html}"} for number, html in enumerate(HTML)]
    page, asked = open_page(), []
    page.add_init_script("window.hits = 0; window.pwn = () => { window.hits += 1; }")
    page.on("request", lambda request: asked.append(request.url))
    source = write_tasks(tmp_path / "t.jsonl", [{"text": "a", "options": options}])
    annotator = Annotator(page, serve(source, view_id="choice"))

    for number in range(len(HTML)):
        expect(annotator.card).to_contain_text(f"number {number}")
    for option in page.get_by_text("number").all()[::5]:
        option.hover()
    page.wait_for_timeout(200)
    assert page.evaluate("window.hits") == 0
    assert page.evaluate("window.length") == 0, "no frames"
    here = annotator.server.address.partition("?")[0]
    assert [url for url in asked if not url.startswith((here, "data:"))] == []


def test_harmless_html_stays_and_cannot_leave_the_card(serve, open_page, tmp_path):
    source = write_tasks(tmp_path / "t.jsonl", [{"html": HARMLESS + ESCAPES}, {"html": "b"}])
    annotator = Annotator(open_page(), serve(source, view_id="html"))
    box = annotator.page.locator(".pf-html")

    expect(box.locator("h2")).to_have_text("Title")
    expect(box.locator("p")).to_have_class("mine")
    expect(box.locator("p")).to_have_css("color", "rgb(255, 0, 0)")
    expect(box.locator("a")).to_have_attribute("rel", "noopener noreferrer")
    expect(box.locator("a")).to_have_attribute("target", "_blank")
    annotator.button("Accept").click()
    expect(box).to_have_text("b")


def test_the_page_has_a_strict_content_security_policy(serve, open_page, tmp_path):
    server = serve(write_tasks(tmp_path / "t.jsonl", [{"html": "a"}]), view_id="html")
    policy = server.client.get("/").headers["content-security-policy"]

    assert "script-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
