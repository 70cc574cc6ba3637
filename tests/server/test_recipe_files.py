"""A recipe's own scripts, styles and instructions, and the policy that lets them work."""

import base64
import hashlib

import pytest
from starlette.testclient import TestClient

from prodflow.core.errors import ConfigError, UnknownNameError
from prodflow.server.app import create_app
from prodflow.server.policy import content_policy, handlers_of
from prodflow.server.recipe_files import RecipeFiles
from prodflow.session.controller import Controller


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PRODFLOW_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def client_of(config, **components):
    return TestClient(create_app(Controller("set", "text", [{"text": "a"}], config=config, **components)))


def directive(policy, name):
    return next(part for part in policy.split("; ") if part.startswith(f"{name} ")).split()[1:]


def hash_of(source):
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


def test_scripts_and_styles_are_files_of_the_server_in_the_order_they_are_loaded(tmp_path):
    scripts, styles = tmp_path / "js", tmp_path / "css"
    scripts.mkdir()
    styles.mkdir()
    (scripts / "b ü.js").write_text("two()", encoding="utf-8")
    (scripts / "a.js").write_text("one()")
    (scripts / "notes.txt").write_text("not a script")
    (styles / "look.css").write_text("b { color: red }")
    config = {
        "javascript": "three()",
        "javascript_dir": str(scripts),
        "javascript_urls": ["https://cdn.example:8443/lib@1/d3.min.js"],
        "global_css": "a { color: blue }",
        "global_css_dir": str(styles),
        "global_css_urls": ["https://fonts.example/css?family=X"],
    }

    with client_of(config) as client:
        project = client.get("/project").json()
        assert [url.partition("?v=")[0] for url in project["scripts"]] == [
            "https://cdn.example:8443/lib@1/d3.min.js",
            "recipe/a.js",
            "recipe/b%20%C3%BC.js",
            "recipe.js",
        ]
        bodies = [client.get(url) for url in project["scripts"][1:]]
        assert [reply.text for reply in bodies] == ["one()", "two()", "three()"]
        assert {reply.headers["content-type"] for reply in bodies} == {"text/javascript; charset=utf-8"}
        sheets = [client.get(url) for url in project["styles"][1:]]
        assert [reply.text for reply in sheets] == ["b { color: red }", "a { color: blue }"]
        assert client.get("/recipe/notes.txt").status_code == 404
        assert client.get("/recipe/..%2F..%2Fetc%2Fpasswd").status_code == 404
        assert not {*config} & {*project["config"]}, "paths of the server are not the page's business"


def test_another_content_is_another_address_and_only_that_is_kept_for_long():
    with client_of({"javascript": "one()"}) as client:
        [address] = client.get("/project").json()["scripts"]
        assert "immutable" in client.get(address).headers["cache-control"]
        assert client.get("/recipe.js").headers["cache-control"] == "no-cache"
        assert client.get("/recipe.js?v=of-yesterday").headers["cache-control"] == "no-cache"
        assert client.get("/recipe.css").status_code == 404
    with client_of({"javascript": "two()"}) as client:
        assert client.get("/project").json()["scripts"] != [address]


def test_the_policy_lets_in_the_origins_that_the_recipe_names_and_no_others():
    config = {"javascript_urls": ["https://cdn.example/a.js", "https://cdn.example/b.js", "http://[::1]:81/c.js"]}
    with client_of(config | {"global_css_urls": ["https://fonts.example/css"]}) as client:
        policy = client.get("/").headers["content-security-policy"]
    assert directive(policy, "script-src") == ["'self'", "https://cdn.example", "http://[::1]:81"]
    assert directive(policy, "style-src") == ["'self'", "'unsafe-inline'", "https://fonts.example"]
    assert directive(policy, "font-src") == ["'self'", "data:", "https://fonts.example"]
    assert directive(policy, "connect-src") == ["'self'"]


def test_without_a_recipes_own_files_the_policy_is_as_strict_as_before():
    with client_of({}) as client:
        policy = client.get("/").headers["content-security-policy"]
    assert directive(policy, "script-src") == ["'self'"]
    assert "unsafe-hashes" not in policy
    assert "unsafe-eval" not in policy


def test_handlers_in_the_recipes_templates_may_run_by_their_hash():
    config = {
        "html_template": "<b onclick='pick(&quot;a&quot;)'>{{text}}</b><i onClick=go() onclick='{{code}}'></i>",
        "blocks": [{"view_id": "html", "html_template": '<b onmouseover="look(\n1)">x</b>'}, {"view_id": "text"}, 5],
    }
    with client_of(config) as client:
        policy = client.get("/").headers["content-security-policy"]
    hashes = [hash_of(source) for source in ('pick("a")', "go()", "look(\n1)")]
    assert directive(policy, "script-src") == ["'self'", "'unsafe-hashes'", *hashes]


@pytest.mark.parametrize(
    ("template", "handlers"),
    [
        ("<p>onclick=no()</p>", []),
        ('<a onclick="{{#x}}bad(){{/x}}" onload="">', []),
        ('<a onclick="one()\r\ntwo()">', ["one()\ntwo()"]),
        ("<svg onload=one()/><img onerror = 'two()'", ["one()/"]),
        ("<!-- <b onclick=no()> --><b data-on='no()' ONFOCUS='yes()'>", ["yes()"]),
    ],
)
def test_handlers_are_found_as_a_browser_would_find_them(template, handlers):
    assert handlers_of(template) == handlers


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"javascript": 5}, "javascript is a text, got 5"),
        ({"javascript_dir": "nowhere"}, "javascript_dir='nowhere' is no folder; give the folder of the .js files"),
        ({"global_css_dir": ["a"]}, "global_css_dir is the path of a folder"),
        ({"javascript_urls": "https://cdn.example/a.js"}, "javascript_urls is a list of addresses"),
        ({"javascript_urls": ["/local.js"]}, "is no http or https address of a host"),
        ({"javascript_urls": ["https://a.example; script-src *"]}, "is no http or https address of a host"),
        ({"global_css_urls": ["https://[::1/a.css"]}, "is no address"),
        ({"instructions": "missing.html"}, "missing.html: cannot be read"),
        ({"instructions": 5}, "instructions is a text or the path of a file"),
        ({"buttons": "accept"}, "buttons is a list of accept, reject, ignore, undo, flag"),
        ({"buttons": ["akzept"]}, "no button named 'akzept'; did you mean 'accept'?"),
        ({"keymap": ["a"]}, "keymap is an object"),
        ({"keymap": {"accept": 1}}, "keymap.accept is a list of keys, got 1"),
        ({"custom_theme": "dark"}, "custom_theme is an object"),
        ({"history_size": 0}, "history_size=0 is no number from 1 to 1,000"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_at_the_start(config, words):
    with pytest.raises((ConfigError, UnknownNameError)) as caught:
        client_of(config)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_address_with_a_password_gives_away_only_its_host():
    policy = content_policy(script_urls=["https://user:secret@cdn.example/a.js"])
    assert directive(policy, "script-src") == ["'self'", "https://cdn.example"]


@pytest.mark.parametrize(
    ("name", "content", "html"),
    [
        ("rules.html", "<p>Be <b>fair</b></p>", "<p>Be <b>fair</b></p>"),
        (
            "rules.txt",
            "Be fair & kind\nalways\n\n<b>no</b>",
            "<p>Be fair &amp; kind<br>always</p><p>&lt;b&gt;no&lt;/b&gt;</p>",
        ),
        (
            "rules.md",
            "# Rules\n\nBe *fair*, see [here](https://a.example).\n\n1. one\n2. `two`\n\n- **x**\n<hr>",
            (
                '<h1>Rules</h1><p>Be <em>fair</em>, see <a href="https://a.example">here</a>.</p>'
                "<ol><li>one</li><li><code>two</code></li></ol><ul><li><strong>x</strong></li></ul><hr>"
            ),
        ),
    ],
)
def test_instructions_are_read_from_a_file(tmp_path, name, content, html):
    (tmp_path / name).write_text(content)
    with client_of({"instructions": str(tmp_path / name)}) as client:
        assert client.get("/project").json()["instructions"] == html


@pytest.mark.parametrize("given", ["<p>See rules.html</p>", "Read slowly", "Read\nrules.md"])
def test_instructions_that_are_no_path_stay_as_they_are(given):
    assert RecipeFiles.read({"instructions": given}).instructions == given


def test_the_app_knows_its_language_and_whether_answers_are_looked_at():
    with client_of({"lang": "ja", "ui_lang": "de"}) as client:
        project = client.get("/project").json()
        assert (project["lang"], project["ui_lang"], project["validates"]) == ("ja", "de", False)
    with client_of({"lang": "de"}, validate_answer=lambda answer: None) as client:
        project = client.get("/project").json()
        assert (project["lang"], project["ui_lang"], project["validates"]) == ("de", "de", True)


def test_what_may_hold_a_secret_stays_on_the_server():
    with client_of({"db_settings": {"password": "x"}, "api_keys": {"a": "b"}, "own": 1}) as client:
        config = client.get("/project").json()["config"]
    assert config["own"] == 1
    assert not {"db_settings", "api_keys"} & {*config}
