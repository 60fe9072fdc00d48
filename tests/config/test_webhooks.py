"""The webhooks in feeds.yaml, and their secrets."""

import base64
from pathlib import Path

import pytest

from aggregator.config import Config
from aggregator.config.loading import parse
from aggregator.config.webhooks import secrets_of
from aggregator.errors import ConfigError
from aggregator.model import Webhook

ONE, TWO = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
PLAIN = base64.b64encode(b"a secret of 24 bytes. ab").decode()
FEEDS = "feeds: [{url: 'https://example.org/rss', outlet: O}]\n"
VARIABLE = {"secret_env": "KEY"}
FILE = {"secret_file": "key"}


def read(text: str) -> Config:
    return parse((FEEDS + text).encode(), Path("feeds.yaml"))


def test_webhooks_are_read() -> None:
    found = read(
        """
webhooks:
  - name: newsroom
    url: https://hooks.example/a
    outlets: 3
    language: de
    tag: world
    outlet: Herald
    secret_env: NEWSROOM
    formerly: desk
  - {name: rail, url: 'http://10.0.0.7:8080/b', search: Bahn, secret_file: b.key, internal: true}
"""
    )
    assert found.webhooks == (
        Webhook(
            "newsroom",
            "https://hooks.example/a",
            outlets=3,
            language="de",
            outlet="Herald",
            tag="world",
            secret_env="NEWSROOM",  # noqa: S106 - the name of a variable
            formerly="desk",
        ),
        Webhook(
            "rail",
            "http://10.0.0.7:8080/b",
            search="Bahn",
            secret_file="b.key",  # noqa: S106 - the name of a file
            internal=True,
        ),
    )
    assert found.warnings == ()


@pytest.mark.parametrize("text", ["", "webhooks:\n", "webhooks: []\n"])
def test_there_need_be_none(text: str) -> None:
    assert read(text).webhooks == ()


def test_what_is_sent_for_anyone_to_read_is_warned_of() -> None:
    (warning,) = read(
        "webhooks: [{name: a, url: 'http://hooks.example/', outlets: 2, secret_env: A}]\n"
    ).warnings
    assert "'a' is not https" in warning


def hook(**where: str) -> Webhook:
    return Webhook("a", "https://hooks.example/", outlets=2, **where)  # type: ignore[arg-type] # names


def test_secrets_come_from_a_variable_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"whsec_{ONE}\n{TWO}\n")
    one, two = bytes([1]) * 32, bytes([2]) * 32
    assert secrets_of(hook(**VARIABLE), tmp_path, {"KEY": ONE}) == (one,)
    assert secrets_of(hook(**FILE), tmp_path, {}) == (one, two)
    anywhere = {"secret_file": str(tmp_path / "key")}
    assert secrets_of(hook(**anywhere), Path(), {}) == (one, two)


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ({"secret_env": "NONE"}, "the variable NONE: there is no such variable"),
        ({"secret_env": "EMPTY"}, "the variable EMPTY: it is empty"),
        ({"secret_env": "SHORT"}, "the variable SHORT: a secret has 24 to 64 bytes"),
        ({"secret_file": "nowhere"}, "nowhere: the file cannot be read: No such file"),
        ({"secret_file": "."}, "the file cannot be read: Is a directory"),
        ({"secret_file": "binary"}, "binary: a secret is base64"),
    ],
)
def test_a_secret_that_cannot_be_had_is_said_and_never_quoted(
    tmp_path: Path, where: dict[str, str], why: str
) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfeGEHEIM")
    with pytest.raises(ConfigError) as caught:
        secrets_of(hook(**where), tmp_path, {"EMPTY": "", "SHORT": "R0VIRUlN"})
    assert why in str(caught.value)
    assert "the webhook 'a' cannot be signed" in str(caught.value)
    assert "GEHEIM" not in str(caught.value)
    assert "R0VIRUlN" not in str(caught.value)


@pytest.mark.parametrize(
    ("where", "why"),
    [
        (f"secret_env: whsec_{PLAIN}", "5: webhooks.secret_env: it is to be the name of a"),
        (f"secret_env: {PLAIN}", "5: webhooks.secret_env: it is to be the name of a variable"),
        (f"secret_env: {ONE}", "5: webhooks.secret_env: it is to be the name of a variable"),
        ("secret_env: whsec_GEHEIM", "5: webhooks.secret_env: it is to be the name of a variable"),
        ("secret_env: my-GEHEIM", "5: webhooks.secret_env: it is no name of a variable"),
        (f"secret_file: whsec_{ONE}", "5: webhooks.secret_file: it is to be the path of a file"),
        (f"secret_file: {PLAIN}", "5: webhooks.secret_file: it is to be the path of a file"),
    ],
)
def test_a_secret_in_place_of_its_name_is_refused_and_not_quoted(where: str, why: str) -> None:
    hook = f"webhooks:\n - name: a\n   url: https://x.example/\n   {where}\n   outlets: 2\n"
    with pytest.raises(ConfigError) as caught:
        read(hook)
    assert f"feeds.yaml:{why}" in str(caught.value)
    for secret in ("GEHEIM", PLAIN, ONE):
        assert secret not in str(caught.value)


def test_a_path_that_looks_like_a_secret_is_one() -> None:
    where = "secret_file: /etc/aggregator/secrets/newsroom"
    (webhook,) = read(
        f"webhooks: [{{name: a, url: 'https://x.example/', outlets: 2, {where}}}]\n"
    ).webhooks
    assert webhook.secret_file == "/etc/aggregator/secrets/newsroom"  # noqa: S105 - a path
