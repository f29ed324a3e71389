import os
import time

def double(n):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(3600)
        os._exit(0)
    os.wait()
    return n * 2


def double_all(numbers):
    return [number * 2 for number in numbers]
