"""What a configuration says of the door."""

import pytest

from prodflow.core.config import get_config
from prodflow.core.errors import ConfigError
from prodflow.server.access import LOOPBACK, Access, public_url


def access(**config):
    return Access.of(get_config(config))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "127.3.2.1"])
def test_loopback_is_open_to_this_machine_alone(host):
    found = access(host=host)
    assert (found.needs_login, found.hosts, found.refuses_proxies) == (False, LOOPBACK, True)


@pytest.mark.parametrize(
    "config",
    [
        {"host": "0.0.0.0"},
        {"host": "::"},
        {"host": "10.1.2.3"},
        {"token": "a token"},
        {"root_path": "/annotate"},
        {"trusted_proxies": ["127.0.0.1"]},
        {"allowed_hosts": "work.example"},
        {"require_login": True},
        {"require_login": "true"},
    ],
)
def test_everything_else_asks_who_it_is(config):
    assert access(**config).needs_login is True
    assert access(**{**config, "require_login": "false"}).needs_login is False


def test_the_environment_says_it_too(monkeypatch):
    monkeypatch.setenv("PRODFLOW_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8")
    monkeypatch.setenv("PRODFLOW_URL_SESSIONS", "no")
    found = Access.of(get_config())
    assert found.trusted_proxies == ("127.0.0.1", "10.0.0.0/8")
    assert found.names_in_url is False


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"trusted_proxies": "nginx"}, "trusted_proxies: 'nginx' is no address or network"),
        ({"trusted_proxies": ["*"]}, "trusted_proxies"),
        ({"trusted_proxies": 5}, "trusted_proxies is a list"),
        ({"root_path": "/a?b"}, "root_path="),
        ({"root_path": "http://a//b"}, "root_path="),
        ({"root_path": "/a\n"}, "root_path="),
        ({"require_login": "perhaps"}, "require_login='perhaps' is not true or false"),
    ],
)
def test_what_cannot_be_meant_is_refused(config, says):
    with pytest.raises(ConfigError) as error:
        access(**config)
    assert says in str(error.value)


@pytest.mark.parametrize(("given", "path"), [("annotate", "/annotate"), ("/a/b/", "/a/b"), ("/", ""), ("", "")])
def test_a_path_is_written_one_way(given, path):
    assert access(root_path=given).root_path == path


@pytest.mark.parametrize("url", ["ftp://a", "work.example", "https://", "https://a/?x=1", "http://[", 5])
def test_an_address_for_links_is_one(url):
    with pytest.raises(ConfigError, match="public_url"):
        public_url({"public_url": url})
