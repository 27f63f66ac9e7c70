"""Connects guild to a Dask cluster: one JSON object per line on standard input and output.

Requests:
  {"op": "submit", "jobs": [{"key": str, "exe": str, "order": {str: str}, "resources": {str: float}, "priority": int}]}
      order is what `guild sys work --serve` reads, see the Go package joborder
  {"op": "cancel", "keys": [str]}
This program ends when standard input does. Tasks in the cluster continue.

Events:
  {"event": "cluster", "address": str, "dashboard": str, "workers": [{"threads": int, "resources": {str: float}}]}
      sent after connecting, and whenever workers have joined or left
  {"event": "done", "key": str, "exit": int, "stderr": str}   a task has ended; exit is -1 if its worker could not start it
  {"event": "missing", "error": str}                         the package distributed cannot be imported; this program ends
  {"event": "lost", "error": str}                            the scheduler is gone; this program ends

A task is builtins.eval with the source of an expression, so that the workers need only Python: pickled functions would need the
same version of Python on both sides.
"""

import json
import sys
import threading

# Seconds between two checks of the workers.
LOOK = 1.0

# Gives a job to a process of `guild sys work --serve`, which runs jobs one after another, and waits for its end. Idle processes are kept
# in the module sys of the Dask worker, which saves starting a program for each run. Their standard input ends when the Dask worker does.
# The value is the exit status and the end of the process's standard error output.
TASK = """
def run(exe, order):
    import json, subprocess, sys, tempfile
    idle = sys.__dict__.setdefault("_guild_idle_workers", [])

    def tail(err):
        err.seek(0)
        return err.read()[-2000:].decode("utf-8", "replace")

    def start(*args):
        err = tempfile.TemporaryFile()
        return err, subprocess.Popen(
            [exe, "sys", "work"] + list(args), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=err, start_new_session=True)

    while True:
        fresh = False
        try:
            err, process = idle.pop()
        except IndexError:
            fresh = True
            err, process = start("--serve")
        if process.poll() is None:
            try:
                process.stdin.write((json.dumps(order) + "\\n").encode())
                process.stdin.flush()
                answer = process.stdout.readline()
            except OSError:
                answer = b""
            if answer:
                idle.append((err, process))
                answer = json.loads(answer.decode())
                return answer["exit"], answer["stderr"]
        process.stdin.close()
        process.stdout.close()
        status = process.wait()
        if fresh and status > 0:  # an older guild, which knows no --serve
            err, process = start(order["run_dir"], order["home"], order["claim"], "--until-eof")
            process.stdout.close()
            status = process.wait()
        elif not fresh and status == 0:  # it had waited for too long
            continue
        return status, tail(err)
"""
CALL = "(lambda names: (exec({task!r}, names), names['run']({exe!r}, {order!r}))[1])({{}})"

output = threading.Lock()


def emit(**event):
    with output:
        sys.stdout.write(json.dumps(event) + "\n")
        sys.stdout.flush()


class Bridge:
    def __init__(self, client):
        self.client = client
        self.futures = {}
        self.seen = None

    def submit(self, jobs):
        for job in jobs:
            future = self.client.submit(
                eval, CALL.format(task=TASK, exe=job["exe"], order=job["order"]), key=job["key"], pure=False, retries=0,
                resources=job["resources"] or None, priority=job["priority"],
            )
            self.futures[job["key"]] = future
            future.add_done_callback(self.done)

    def done(self, future):
        if self.futures.pop(future.key, None) is None or future.cancelled():
            return
        error = future.exception() if future.status == "error" else None
        if error is not None:
            emit(event="done", key=future.key, exit=-1, stderr="%s: %s" % (type(error).__name__, error))
            return
        status, stderr = future.result()
        emit(event="done", key=future.key, exit=status, stderr=stderr)

    def cancel(self, keys):
        futures = [f for f in (self.futures.pop(k, None) for k in keys) if f is not None]
        if futures:
            self.client.cancel(futures)

    def look(self):
        """Report when workers have joined or left. Return False if the scheduler is gone."""
        if self.client.status != "running":
            return False
        info = self.client.scheduler_info()
        workers = sorted(
            [w.get("nthreads", 1), sorted(w.get("resources", {}).items())] for w in info.get("workers", {}).values()
        )
        if workers != self.seen:
            self.seen = workers
            emit(
                event="cluster", address=info.get("address", ""), dashboard=self.dashboard(info),
                workers=[{"threads": n, "resources": dict(r)} for n, r in workers],
            )
        return True

    def dashboard(self, info):
        """Return the address of Dask's dashboard; the client names one even if the scheduler has none."""
        return (self.client.dashboard_link or "") if info.get("services") else ""

    def obey(self, lines):
        for line in lines:
            request = json.loads(line)
            if request["op"] == "submit":
                self.submit(request["jobs"])
            elif request["op"] == "cancel":
                self.cancel(request["keys"])


def main(address, scheduler_file):
    try:
        from distributed import Client
    except Exception as error:  # any error: a version that does not support this Python may raise others
        emit(event="missing", error=str(error) or type(error).__name__)
        return 1
    try:
        where = {"scheduler_file": scheduler_file} if scheduler_file else {"address": address}
        client = Client(set_as_default=False, **where)
    except Exception as error:
        emit(event="lost", error="%s: %s" % (type(error).__name__, error))
        return 1
    bridge = Bridge(client)
    ended = threading.Event()

    def read():
        try:
            bridge.obey(sys.stdin)
        finally:
            ended.set()

    threading.Thread(target=read, daemon=True).start()
    while not ended.is_set():
        if not bridge.look():
            emit(event="lost", error="the connection to the Dask scheduler ended")
            return 1
        ended.wait(LOOK)
    return 0


if __name__ == "__main__":
    status = main(*sys.argv[1:3])
    sys.stdout.flush()
    import os

    os._exit(status)  # the client's own end waits for a scheduler that may be gone
