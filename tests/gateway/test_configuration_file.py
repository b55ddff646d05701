"""The configuration file of the gateway (`docs/rules.md 10.12`)."""

from __future__ import annotations

import os
import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from tests.gateway.configurations import TOKEN, TWILIO, written
from thrumsg_tui.domain.errors import NotFound, Refused
from thrumsg_tui.gateway.configuration import ConfiguredNumber, DoubtPolicy, Doubts, Limits
from thrumsg_tui.gateway.configuration_file import load_configuration
from thrumsg_tui.gateway.registry import GATEWAYS, gateway_module

EXAMPLE = Path(__file__).parents[2] / "docs" / "gateway.example.toml"


def refusal(path: Path) -> str:
    """Return why a configuration is refused."""
    with pytest.raises(Refused) as refused:
        load_configuration(path)
    assert TOKEN not in str(refused.value)
    return str(refused.value)


def test_the_shortest_configuration_has_defaults(tmp_path: Path) -> None:
    found = load_configuration(written(tmp_path))
    assert found.gateway == "twilio"
    assert found.public_url == "https://sms.example.org"
    assert found.carrier["account_sid"] == "AC11111111111111111111111111111111"
    assert found.carrier["auth_token"].reveal() == TOKEN
    assert found.carrier["api_url"] == "https://api.twilio.com"
    assert found.numbers == (ConfiguredNumber("+14155550100"),)
    assert (found.limits, found.doubts) == (Limits(), Doubts())
    assert found.file == tmp_path / "gateway.toml"


def test_every_value_is_read(tmp_path: Path) -> None:
    text = TWILIO.replace('number = "+14155550100"', 'number = "32665"\nkind = "short"\nmps = 100') + (
        "[limits]\nworkers = 3\nper_second = 10\ncampaign_per_second = 2.5\n"
        '[doubt]\nwait = 1.5\nagain = 1\ngive_up = 3\npolicy = "ask"\n'
    )
    found = load_configuration(written(tmp_path, text))
    assert found.numbers == (ConfiguredNumber("32665", "short", 100),)
    assert found.limits == Limits(3, 10, 2.5)
    assert found.doubts == Doubts(timedelta(seconds=1.5), timedelta(seconds=1), timedelta(seconds=3), DoubtPolicy.ASK)


def test_the_example_is_valid_and_has_every_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "twilio_auth_token").write_text(TOKEN)
    copy = tmp_path / "gateway.toml"
    copy.write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    copy.chmod(0o644)
    load_configuration(copy)
    everything = tomllib.loads(re.sub(r"^# (?=\w+ = )", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE))
    for name in GATEWAYS:
        keys = set(gateway_module(name).SECTION.keys)
        assert keys <= set(everything.get(name, {})), name
    assert set(everything["number"][0]) == set(ConfiguredNumber.__dataclass_fields__)
    assert set(everything["limits"]) == set(Limits.__dataclass_fields__)
    assert set(everything["doubt"]) == set(Doubts.__dataclass_fields__)


def test_the_path_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THRUMSG_CONFIG", str(written(tmp_path)))
    assert load_configuration(None).gateway == "twilio"


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"does not exist.*gateway\.example\.toml"):
        load_configuration(tmp_path / "none.toml")


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_can_change_is_refused(tmp_path: Path, mode: int) -> None:
    assert f"others can change it (mode {mode:04o})" in refusal(written(tmp_path, mode=mode))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_can_read_is_taken(tmp_path: Path, mode: int) -> None:
    assert load_configuration(written(tmp_path, mode=mode)).gateway == "twilio"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("public_url", "publik_url", "publik_url is no key of the file: did you mean public_url?"),
        ("account_sid", "acount_sid", "[twilio] acount_sid is no key of [twilio]: did you mean account_sid?"),
        ("[[number]]\nnumber", "[[number]]\nnumbr", "[number] numbr is no key of [number]: did you mean number?"),
        ("[twilio]", "[twillio]", "twillio is no key of the file: did you mean twilio?"),
        ('gateway = "twilio"\n', "", "gateway is missing."),
        ('gateway = "twilio"', 'gateway = "carrier-pigeon"', "gateway: one of "),
        ('account_sid = "AC11111111111111111111111111111111"\n', "", "[twilio] account_sid is missing."),
        ('"AC11111111111111111111111111111111"', "11", "[twilio] account_sid: letters"),
        ("https://sms", "http://sms", "public_url: https is needed"),
        ("https://sms", "https://me:secret@sms", "public_url: a web address with a name or password"),
        ("sms.example.org", "sms.example.org/?a=b", "public_url: a web address without ? and #"),
        ("https://sms.example.org", "sms", "public_url: a web address such as"),
        ("https://sms.example.org", "https://[::1", "public_url: a web address such as"),
        ("https://sms.example.org", "https://sms.example.org:port", "public_url: a web address such as"),
        ('"+14155550100"', '"(415) 555-0100"', "[number] number: a number such as"),
        ('"+14155550100"', '"32665"', "[number] number: a number such as"),
        ('"+14155550100"', '"+14155550100"\nkind = "short"', "is not a short code"),
        ('"+14155550100"', '"MG-1"\nkind = "service"', "is not the id of a service"),
        ("[[number]]", "[number]", "number must be a list of sections"),
        ('100"\n', '100"\n[[number]]\nnumber = "+14155550100"\n', "names a number twice"),
        ('100"\n', '100"\nmps = nan\n', "[number] mps: a number is expected"),
        ('100"\n', '100"\nmps = true\n', "[number] mps: a number is expected"),
        ('100"\n', '100"\nkind = "fax"\n', "[number] kind: one of long, toll_free"),
        ('100"\n', '100"\n[limits]\nworkers = 0\n', "[limits] workers: a whole number from 1 to 64"),
        ('100"\n', '100"\n[limits]\nworkers = 1.5\n', "[limits] workers: a whole number is expected"),
        ('100"\n', '100"\n[doubt]\ngive_up = -1\n', "[doubt] give_up: a number from 0 to"),
        ('100"\n', '100"\n[doubt]\npolicy = "resend"\n', "[doubt] policy: one of settle, ask"),
        ("[[number]]", 'api_key = "SK1"\n[[number]]', "api_key and api_key_secret go together"),
        ("[[number]]", "advanced_opt_out = 1\n[[number]]", "[twilio] advanced_opt_out: true or false"),
        ("[[number]]", 'api_url = "http://10.0.0.1"\n[[number]]', "[twilio] api_url: https is needed"),
        ("[[number]]", "[[[number]]", "it is no TOML"),
        ('{ file = "FOLDER/token" }', f'"{TOKEN}"', "[twilio] auth_token: a secret does not stand in this file"),
        ('{ file = "FOLDER/token" }', f'{{ text = "{TOKEN}" }}', "the place of a secret is wrong"),
        ('{ file = "FOLDER/token" }', f'{{ file = "{TOKEN}", env = "A" }}', "the place of a secret is wrong"),
        ('{ file = "FOLDER/token" }', '{ file = "token" }', "named by its whole path"),
        ('{ file = "FOLDER/token" }', '{ file = "FOLDER/none" }', "none cannot be read"),
        ('{ file = "FOLDER/token" }', '{ file = "FOLDER" }', "is no regular file"),
        ('{ file = "FOLDER/token" }', '{ file = "/dev/null" }', "/dev/null is no regular file"),
        ('{ file = "FOLDER/token" }', '{ env = "THRUMSG_NO_SUCH" }', "variable is not set"),
        ('{ file = "FOLDER/token" }', '{ credential = "token" }', "only systemd gives credentials"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, says: str
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert old in TWILIO
    path = written(tmp_path, TWILIO.replace(old, new, 1))
    said = refusal(path)
    assert said.startswith(f"{path}: ")
    assert says in said


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:9"])
def test_plain_http_is_for_this_machine_only(tmp_path: Path, host: str) -> None:
    text = TWILIO.replace("https://sms.example.org", f"http://{host}/")
    assert load_configuration(written(tmp_path, text)).public_url == f"http://{host}"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_a_secret_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = written(tmp_path)
    (tmp_path / "token").chmod(mode)
    assert f"others can use {tmp_path / 'token'} (mode {mode:04o}): close it with chmod 600" in refusal(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"a b", "without spaces"),
        (b"a\nb", "without spaces"),
        (b"\xff\xfe", "plain text"),
        (b"x" * 5000, "is larger than 4,096 bytes"),
    ],
)
def test_a_secret_is_one_short_line(tmp_path: Path, content: bytes, says: str) -> None:
    path = written(tmp_path)
    (tmp_path / "token").write_bytes(content)
    assert says in refusal(path)


def test_a_secret_of_another_user_is_refused(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    path = written(tmp_path)
    os.chown(tmp_path / "token", 12345, -1)
    assert "belongs to another user" in refusal(path)
    os.chown(path, 12345, -1)
    assert "it belongs to another user" in refusal(path)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    path = written(tmp_path)
    (tmp_path / "token").unlink()
    os.mkfifo(tmp_path / "token", 0o600)
    assert "is no regular file" in refusal(path)


def test_secrets_come_from_the_environment_and_from_systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THRUMSG_TEST_TOKEN", TOKEN)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    for place in ('{ env = "THRUMSG_TEST_TOKEN" }', '{ credential = "token" }'):
        path = written(tmp_path, TWILIO.replace('{ file = "FOLDER/token" }', place))
        assert load_configuration(path).carrier["auth_token"].reveal() == TOKEN
    assert "has no folder" in refusal(written(tmp_path, TWILIO.replace('{ file = "FOLDER/', '{ credential = "../')))


def test_discarded_texts_leave_every_doubt_to_a_person(tmp_path: Path) -> None:
    """`docs/rules.md 10.2`: without texts, a message in the carrier's list cannot be told from another."""
    text = TWILIO.replace("[[number]]", 'retention = "discard"\n[[number]]')
    assert load_configuration(written(tmp_path, text)).doubts.policy is DoubtPolicy.ASK
