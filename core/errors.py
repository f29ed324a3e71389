"""The one exception that every layer raises and every face translates."""


class KataError(Exception):
    """Something that the person at the keyboard can mend.

    `message` says what is wrong and where, in one sentence; `hint` is the way out, with the exact
    command where there is one. A command prints both and exits with 4; it never shows a traceback.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}".rstrip()
