"""Twilio, and carriers with the same interface: their `api_url` is given (`docs/carriers.md`)."""

from __future__ import annotations

from dataclasses import replace

from thrumsg_tui.domain.configured_values import flag, one_of
from thrumsg_tui.gateway.configuration import Configuration, DoubtPolicy
from thrumsg_tui.gateway.configuration_keys import Key, Section, label, secret, url
from thrumsg_tui.gateway.protocol import Gateway, Webhooks


def _complete(configuration: Configuration) -> Configuration:
    """Check what belongs together; without the texts at the carrier, a doubt cannot be settled by machine."""
    carrier = configuration.carrier
    if (carrier["api_key"] is None) is not (carrier["api_key_secret"] is None):
        raise ValueError("[twilio] api_key and api_key_secret go together: give both, or neither.")
    if carrier["auth_token"] is None and carrier["api_key"] is None:
        raise ValueError("[twilio] auth_token is missing.")
    if carrier["retention"] == "discard":
        return replace(configuration, doubts=replace(configuration.doubts, policy=DoubtPolicy.ASK))
    return configuration


SECTION = Section(
    {
        "account_sid": Key(label, required=True),
        "auth_token": Key(secret),
        "api_key": Key(label),
        "api_key_secret": Key(secret),
        "signing_key": Key(secret),
        "shared_key": Key(secret),
        "api_url": Key(url, default="https://api.twilio.com"),
        "messaging_service_sid": Key(label),
        "advanced_opt_out": Key(flag, default=False),
        "retention": Key(one_of("retain", "discard"), default="retain"),
    },
    _complete,
)
"""The section `[twilio]`."""


def open_gateway(configuration: Configuration) -> Gateway:
    """Return the connection to the carrier."""
    from thrumsg_tui.gateway.twilio.gateway import TwilioGateway  # loads urllib3, which the listener does not need

    return TwilioGateway(configuration)


def open_webhooks(configuration: Configuration) -> Webhooks:
    """Return the addresses that the carrier calls."""
    from thrumsg_tui.gateway.twilio.webhooks import TwilioWebhooks

    return TwilioWebhooks(configuration)
