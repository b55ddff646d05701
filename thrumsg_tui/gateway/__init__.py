"""Messages out and in: the outbox, and the practice gateway with contacts that answer."""
