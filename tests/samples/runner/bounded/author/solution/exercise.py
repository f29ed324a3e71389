def double(n):
    return n * 2


def double_all(numbers):
    return [double(number) for number in numbers]
