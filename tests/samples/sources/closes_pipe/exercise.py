import os

def double(n):
    os.closerange(3, 256)
    return n * 2


def double_all(numbers):
    return [number * 2 for number in numbers]
