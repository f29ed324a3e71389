import sys

def double(n):
    sys.stdout.buffer.write(b"\x00\xff\xfe caf\xe9\n")
    return n * 3


def double_all(numbers):
    return [number * 2 for number in numbers]
