def double(n):
    while True:
        print("spam" * 1000)


def double_all(numbers):
    return [number * 2 for number in numbers]
