import os

def double(n):
    os.chdir("/")
    return n * 2


def double_all(numbers):
    return [number * 2 for number in numbers]
