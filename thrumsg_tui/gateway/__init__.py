"""Gateways: the outbox that sends through them, and the practice gateway with contacts that answer."""
