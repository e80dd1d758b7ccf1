"""A step in an image that tries to reach what no step may: probe.py [PATH…], sockets and files outside.

It ends with 1 and names what it reached.
"""
import os
import pathlib
import re
import socket
import stat
import subprocess
import sys

reached, tried = [], 0


def refused(what, do):
    global tried
    tried += 1
    try:
        do()
    except (OSError, subprocess.CalledProcessError):
        return
    reached.append(what)


def connect(path):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)


def write(path):
    with open(path, "r+") as f:
        f.write("version=forged\n")


def holds(what, good):
    global tried
    tried += 1
    if not good:
        reached.append(what)


for path in ["/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", *[a for a in sys.argv[1:] if a.startswith("/")]]:
    refused(f"connect to {path}", lambda: connect(path))
    refused(f"write {path}", lambda: write(path))
    refused(f"list {path}", lambda: os.listdir(path))
for top, dirs, files in os.walk("/"):
    if top == "/":
        dirs[:] = [d for d in dirs if d not in ("proc", "sys")]
    for name in files:
        path = os.path.join(top, name)
        holds(f"the socket {path}", not stat.S_ISSOCK(os.lstat(path).st_mode))

for pid in filter(str.isdigit, os.listdir("/proc")):  # MLGATE_SEED is for the step
    try:
        environ = pathlib.Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        continue
    holds(f"environment of process {pid}", not re.search(rb"(^|\0)((GITHUB|RUNNER|ACTIONS|INPUT)_|MLGATE_(?!SEED=[0-9]))|secret-token", environ))
status = pathlib.Path("/proc/self/status").read_text()
holds("capabilities", not re.search(r"^Cap\w+:\s*0*[1-9a-f]", status, re.M))
holds("new privileges", re.search(r"^NoNewPrivs:\s*1$", status, re.M))
holds("its parents' processes", len([p for p in os.listdir("/proc") if p.isdigit()]) <= 3)
holds("input", sys.stdin.read() == "")
holds("open files", set(os.listdir("/proc/self/fd")) <= {"0", "1", "2", "3"})

places = [line.split()[4] for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines()]
known = re.compile(r"/(work(/\.git)?|data|(proc|sys|dev)(/.*)?|etc/(hosts|hostname|resolv\.conf))?")
holds(f"mounts {places}", all(known.fullmatch(p) for p in places))

here, git = pathlib.Path("mlops.yaml"), pathlib.Path.cwd() / ".git"
refused("git's hooks", (git / "hooks" / "post-checkout").touch)
refused("git's configuration", lambda: write(git / "config"))
refused("git itself", lambda: os.rename(git, git.with_name("git")))
refused("another owner", lambda: os.chown(here, 4711, 4711))
refused("another user", lambda: os.setuid(4711))
refused("a device", lambda: os.mknod("build/disk", stat.S_IFBLK | 0o600, os.makedev(254, 0)))
refused("a mount", lambda: subprocess.run(["mount", "-t", "tmpfs", "x", "/mnt"], check=True, capture_output=True))
if os.getuid() != 0:
    refused("a file of root's", lambda: write("/etc/passwd"))
if "--network-none" in sys.argv:
    holds("a network", set(os.listdir("/sys/class/net")) <= {"lo"})

for r in reached:
    print("REACHED:", r)
print(f"as {os.getuid()}:{os.getgid()} the probe tried {tried} things, and reached {len(reached)}")
sys.exit(1 if reached else 0)
