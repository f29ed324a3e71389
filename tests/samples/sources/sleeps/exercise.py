import time

def double(n):
    time.sleep(3600)


def double_all(numbers):
    return [number * 2 for number in numbers]
