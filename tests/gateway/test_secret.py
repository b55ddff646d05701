"""Secrets are never shown (`docs/rules.md 10.12`)."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from pathlib import Path

import pytest

from tests.gateway.configurations import TOKEN, written
from thrumsg_tui.gateway.configuration_file import load_configuration
from thrumsg_tui.gateway.secret import Secret, read_secret


def test_no_way_of_showing_a_configuration_shows_its_secrets(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    configuration = load_configuration(written(tmp_path))
    secret = configuration.carrier["auth_token"]
    with caplog.at_level(logging.DEBUG):
        logging.getLogger().debug("%s %r %s", configuration, configuration, secret)
    shown = [str(secret), repr(secret), f"{secret}", f"{secret!r:>20}", repr(configuration), caplog.text]
    shown += traceback.format_exception(ValueError(configuration))
    assert not [text for text in shown if TOKEN in text]
    assert secret.reveal() == TOKEN


def test_a_secret_is_not_written_by_accident() -> None:
    secret = Secret(TOKEN)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        json.dumps({"secret": secret})
    with pytest.raises(TypeError):
        copy.copy(secret)


@pytest.mark.parametrize("kind", ["env", "credential", "file"])
@pytest.mark.parametrize("folder", [None, "/nowhere"])
def test_a_secret_that_was_written_where_its_place_belongs_is_not_said(
    kind: str, folder: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if folder:
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", folder)
    with pytest.raises(ValueError, match=r"there is no|is not set|whole path") as error:
        read_secret({kind: TOKEN})
    assert TOKEN not in str(error.value)


def test_secrets_are_compared_by_their_text() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
