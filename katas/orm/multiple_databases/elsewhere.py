"""What is seen from elsewhere, while this thread or this task is within a block."""

import asyncio
import threading


def in_another_thread(block, look):
    """What `look()` gives in a thread of its own, while this one is within `block()`."""
    got = []
    thread = threading.Thread(target=lambda: got.append(look()))
    with block():
        thread.start()
        thread.join()
    return got[0]


def in_another_task(block, look):
    """What `look()` gives in a task of asyncio, while another task is within `block()`."""

    async def within(entered, looked):
        try:
            with block():
                entered.set()
                await looked.wait()
        finally:
            entered.set()  # or a block that raises would keep the other task waiting

    async def both():
        entered, looked = asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(within(entered, looked))
        await entered.wait()
        found = look()
        looked.set()
        await task
        return found

    return asyncio.run(both())
