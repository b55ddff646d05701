"""Gateways: the deliverer and the listener, one module for each carrier, and the practice campaign."""
