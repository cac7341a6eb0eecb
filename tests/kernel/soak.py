"""soak.py SECONDS SEED: random honest and marked activity with faults in between, and once a second
a canary: a marked program that must be refused, and a local one that must run. Says once a minute how
it goes, on stderr; prints a report of one JSON line and exits with 0 when nothing was wrong.

It starts the daemon itself, whose log is $LOG, and kills it, stops it and reloads it as it goes. It
reads nothing that is marked, and no pipe of a program that does: it would mark what it writes."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time

from spawn import outcome

SECONDS, SEED = float(sys.argv[1]), int(sys.argv[2])
URL, NEAR, LOG = os.environ["URL"], os.environ["NEAR"], os.environ["LOG"]
random.seed(SEED)
report = {
    "seed": SEED, "canaries": 0, "canary_misses": 0, "honest_refused": 0, "wrong": [],
    "activities": {}, "faults": {}, "starts": 0, "memory_mib": [],
}
over = threading.Event()
# What was made and lies there still, and how much of it: each may be some MiB.
kept, KEPT = [], 100


def shell(command):
    return subprocess.run(["bash", "-uc", command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode


class Daemon:
    def start(self):
        at = os.path.getsize(LOG) if os.path.exists(LOG) else 0
        with open(LOG, "ab") as log:
            self.process = subprocess.Popen(["linprov", "run", "--mode", "enforce", "--protect-self=false"],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        report["starts"] += 1
        until = time.monotonic() + 300
        while True:
            with open(LOG, "rb") as log:
                log.seek(at)
                if b"linprov running (" in log.read():
                    return
            if self.process.poll() is not None or time.monotonic() > until:
                raise SystemExit("the daemon doesn't start")
            time.sleep(0.1)

    def memory(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) // 1024

    def crash(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        # Nobody is there for a moment, and the gate is shut.
        time.sleep(random.random())
        self.start()

    def hang(self):
        self.process.send_signal(signal.SIGSTOP)
        time.sleep(1 + 2 * random.random())
        self.process.send_signal(signal.SIGCONT)

    def reload(self):
        self.process.send_signal(signal.SIGHUP)


def canary():
    while not over.wait(1):
        report["canaries"] += 1
        if outcome("canary/marked") is not None:
            report["canary_misses"] += 1
        if outcome("canary/local") != 0:
            report["honest_refused"] += 1


# What people do: shell lines in a fresh folder. `marked` and `local`, when they are there, are tried.
WAYS = {
    "download": "curl -sS -o marked $URL/program",
    "download by pipe": "curl -sS $URL/program | cat >marked",
    "archive": "curl -sS $URL/program.tar.gz | tar xz && mv program marked",
    "archive on disk": "curl -sSO $URL/program.tar.gz; tar xzf program.tar.gz; cp program marked",
    "copies": "curl -sS -o a $URL/program; for i in 1 2 3 4; do cp a b; mv b a; done; ln a marked",
    "python": "curl -sS -o a $URL/program; python3 -c 'open(\"marked\", \"wb\").write(open(\"a\", \"rb\").read())'",
    "many files": "curl -sS -o a $URL/program; for i in {1..40}; do cp a a$i; done; mv a$((RANDOM % 40 + 1)) marked",
    "from this machine": "curl -sS -o local $NEAR/program",
    "build": "cp /lab/bin/ran local; for i in {1..20}; do echo $i >>log; done; tar czf x.tar.gz log; tar xzf x.tar.gz",
    "scripts": "printf '#!/bin/sh\\nexit 0\\n' >local; for i in 1 2 3; do sh local; done",
    "rewritten": "curl -sS -o local $URL/program; : >local; cat /lab/bin/ran >local",
    "processes": "for i in {1..30}; do /bin/true; done; cp /lab/bin/ran local",
}


def progress(begin):
    wrong = report["canary_misses"] + report["honest_refused"] + len(report["wrong"])
    print(
        f"{(time.monotonic() - begin) / 60:.0f} of {SECONDS / 60:.0f} min: {wrong} wrong verdicts,"
        f" {report['canaries']} canaries, {sum(report['activities'].values())} activities,"
        f" {sum(report['faults'].values())} faults, daemon {(report['memory_mib'] or [0])[-1]} MiB",
        file=sys.stderr, flush=True,
    )


def act(number):
    name = random.choice(list(WAYS))
    folder = f"act{number}"
    os.mkdir(folder)
    shell(f"cd {folder}; {WAYS[name]}; chmod +x marked local")
    report["activities"][name] = report["activities"].get(name, 0) + 1
    if not try_files(name, folder):
        report["wrong"].append(f"{name}: it doesn't work")
    kept.append((name, folder))
    if len(kept) > KEPT:
        # Any of them: marks have to stand for long, too.
        name, folder = kept.pop(random.randrange(KEPT))
        try_files(f"{name}, later", folder)
        shell(f"rm -r {folder}")


def try_files(name, folder):
    tried = False
    for file, expected in ("marked", None), ("local", 0):
        path = f"{folder}/{file}"
        if os.path.exists(path):
            tried = True
            if outcome(path) != expected:
                report["wrong"].append(f"{name}: {file}")
    return tried


daemon = Daemon()
daemon.start()
FAULTS = {
    "crash": daemon.crash,
    "hang": daemon.hang,
    "reload": daemon.reload,
    "forgotten inodes": lambda: shell("echo 2 >/proc/sys/vm/drop_caches"),
}
os.mkdir("canary")
shell("curl -sS -o canary/marked $URL/program; cp /lab/bin/ran canary/local; chmod +x canary/*")
watch = threading.Thread(target=canary)
watch.start()
begin = time.monotonic()
number = 0
try:
    next_fault, next_word = begin + 5, begin + 60
    while time.monotonic() - begin < SECONDS:
        act(number)
        number += 1
        if time.monotonic() > next_word:
            progress(begin)
            next_word += 60
        if time.monotonic() > next_fault:
            fault = random.choice(list(FAULTS))
            FAULTS[fault]()
            report["faults"][fault] = report["faults"].get(fault, 0) + 1
            report["memory_mib"].append(daemon.memory())
            next_fault = time.monotonic() + random.uniform(2, 20)
except Exception as error:
    report["wrong"].append(f"the test itself: {error}")
finally:
    over.set()
    watch.join()
with open("status.json", "w") as status:
    subprocess.run(["linprov", "status", "--json"], stdout=status, check=True)
with open("status.json") as status:
    state = json.load(status)
report["seconds"] = round(time.monotonic() - begin)
report["marks"] = state["marks"]
report["losses"] = state["losses"]
report["open_decisions"] = state["open_decisions"]
daemon.process.send_signal(signal.SIGTERM)
report["exit"] = daemon.process.wait()
memory = report.pop("memory_mib") or [0]
report["memory_mib"] = {"first": memory[0], "last": memory[-1], "most": max(memory)}
print(json.dumps(report))
good = not (report["canary_misses"] or report["honest_refused"] or report["wrong"] or report["exit"])
sys.exit(0 if good and report["canaries"] and not report["open_decisions"] else 1)
