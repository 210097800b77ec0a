"""stub"""


def audit() -> None:
    """Stub."""
