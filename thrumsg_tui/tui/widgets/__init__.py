"""What the screens are made of. No widget asks the store; a screen shows it what it asked for."""
