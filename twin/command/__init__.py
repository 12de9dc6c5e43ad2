"""The path as commands: what each command asks, shows and returns. Typer and Rich are used here and nowhere else in `twin`."""
