"""What the desk may say in place of a loan."""


class CopyIsOut(Exception):
    """`args` are the keys of all copies asked for that are out, in rising order."""


class CopyIsBusy(Exception):
    """Somebody has locked the copy at this moment. `args` is its key."""
