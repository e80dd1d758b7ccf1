"""The read half of a registry, for an engine on this machine.

registry.py add DIR TAG <IMAGE.tar   puts the image of `docker save` under team/train:TAG; prints its digest
registry.py serve DIR PORTFILE       serves on loopback, and writes the port
"""
import hashlib
import http.server
import json
import pathlib
import sys
import tarfile

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
top = pathlib.Path(sys.argv[2]) / "v2/team/train"


def blob(data, kind):
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    (top / "blobs" / digest).write_bytes(data)
    return {"mediaType": kind, "size": len(data), "digest": digest}


def add(tag):
    for folder in "blobs", "manifests":
        (top / folder).mkdir(parents=True, exist_ok=True)
    files = {}
    with tarfile.open(fileobj=sys.stdin.buffer, mode="r|") as tar:
        for m in tar:
            f = tar.extractfile(m) if m.isfile() else None
            if f:
                files[m.name] = f.read()
    image = json.loads(files["manifest.json"])[0]
    manifest = json.dumps({
        "schemaVersion": 2, "mediaType": MANIFEST,
        "config": blob(files[image["Config"]], "application/vnd.docker.container.image.v1+json"),
        "layers": [blob(files[name], "application/vnd.docker.image.rootfs.diff.tar") for name in image["Layers"]],
    }).encode()
    digest = "sha256:" + hashlib.sha256(manifest).hexdigest()
    for name in tag, digest:
        (top / "manifests" / name).write_bytes(manifest)
    print(digest)


class Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *args):
        super().__init__(*args, directory=sys.argv[2])

    def guess_type(self, path):
        return MANIFEST if "/manifests/" in path else "application/octet-stream"

    def log_message(self, *_):
        pass


if sys.argv[1] == "add":
    add(sys.argv[3])
else:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    pathlib.Path(sys.argv[3]).write_text(str(server.server_port))
    server.serve_forever()
