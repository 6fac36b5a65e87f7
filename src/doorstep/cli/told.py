"""One JSON document on stdout, for other programs."""

import typer


def print_json(what: object) -> None:
    """Print one JSON document and nothing else."""
    import msgspec

    typer.echo(msgspec.json.encode(what).decode())
