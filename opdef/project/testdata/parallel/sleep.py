import time

sleep = 1

print("Sleeping for %s second(s)" % sleep)
time.sleep(sleep)
