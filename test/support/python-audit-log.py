"""Writes audit logs as docs/audit-format.md describes them, and attacks them.

Reads a JSON list of plans from standard input, writes each log below the folder that is its only
argument, and prints where. A plan:

    {"name": "...", "streams": {"0-aaaaaaaa": [["records", 20], ["turn"], ["checkpoint"], ...]},
     "attacks": [["edit", {"at": 5, "mode": "chain"}], ...],      of the first stream
     "recovery": true, "witness": true, "trusted": 1,             in the trust file
     "later": 1,                                                  seconds until it is verified
     "export": [3, 4],                                            only these records, with proofs
     "removed": ["log/0-aaaaaaaa/checkpoint"], "files": {}, "appended": {}, "replaced": {},
     "folders": [], "pipes": [], "links": []}                     last touches to the files

It shares no code with the verifiers: the tree is computed by its definition, the notes are put
together by hand, and signing is the only thing that comes from elsewhere (cryptography).
"""

import base64
import copy
import hashlib
import json
import os
import re
import shutil
import sys
from datetime import datetime, timedelta, timezone

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

BEGIN = datetime(2026, 11, 27, 2, 0, tzinfo=timezone.utc)


def b64(raw):
    return base64.b64encode(raw).decode()


class Key:
    """A key that is the same in every run."""

    def __init__(self, seed):
        self.private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())
        self.public = self.private.public_key().public_bytes_raw()

    def id(self, name, type):
        return hashlib.sha256(name.encode() + b"\n" + bytes([type]) + self.public).digest()[:4]

    def vkey(self, name, type=1):
        return f"{name}+{self.id(name, type).hex()}+{b64(bytes([type]) + self.public)}"

    def line(self, name, text):
        return f"\u2014 {name} {b64(self.id(name, 1) + self.private.sign(text.encode()))}\n"

    def cosign(self, name, text, seconds):
        signed = self.private.sign(f"cosignature/v1\ntime {seconds}\n{text}".encode())
        return f"\u2014 {name} {b64(self.id(name, 4) + seconds.to_bytes(8, 'big') + signed)}\n"

    def pem(self):
        return self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


RECOVERY, RECOVERY_NAME = Key("recovery"), "example.com/recovery"
WITNESS, WITNESS_NAME = Key("witness"), "witness.example/w1"


def leaf(line):
    return hashlib.sha256(b"\0" + line).digest()


def tree_root(leaves):
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + tree_root(leaves[:k]) + tree_root(leaves[k:])).digest()


def tree_path(m, leaves):
    """RFC 6962, section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    if m < k:
        return tree_path(m, leaves[:k]) + [tree_root(leaves[k:])]
    return tree_path(m - k, leaves[k:]) + [tree_root(leaves[:k])]


class Log:
    """One stream while it is written: what its host holds, and what was published of it."""

    def __init__(self, stream, seed="log"):
        self.stream, self.seed = stream, seed
        self.origin = f"nestjs-security/audit/{stream}"
        self.identity = Key(f"{seed} {stream} identity")
        self.keys = [self.key(0)]  # a host has only the last one
        self.lines, self.surplus = [], {}
        self.starts = [0]  # where in `lines` the segments begin
        self.firsts = [0]  # what their names say
        self.statements, self.newest = [], ""
        self.published, self.cosigned = [], []
        self.pruned, self.tail, self.now = 0, b"", BEGIN
        self.tiled = []  # the leaf hashes that are in tiles

    def key(self, epoch):
        return Key(f"{self.seed} {self.stream} {epoch}")

    # Steps of the writer

    def records(self, count, event="login_succeeded", **details):
        for _ in range(count):
            self.now += timedelta(milliseconds=100)
            body = dict(time=self.time(), event=event, level="info", outcome="success")
            body["actor"] = dict(type="user", id=f"u-{len(self.lines)}", tenant="Zo\u00eb")
            if details:
                body["details"] = details
            text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)[1:]
            self.lines.append(self.line(len(self.lines), self.prev(len(self.lines)), text))

    def time(self):
        return self.now.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self.now.microsecond // 1000:03}Z"

    def prev(self, seq):
        if seq > 0:
            return leaf(self.lines[seq - 1])
        return leaf(self.stream.encode() + b"\n" + self.keys[0].public)

    def line(self, seq, prev, text):
        head = f'{{"v":1,"seq":{seq},"prev":"{prev.hex()}","id":"{self.stream}:{seq}",'
        return (head + text).encode()

    def text(self, size, epoch, extension="", time=None):
        root = b64(tree_root([leaf(line) for line in self.lines[:size]]))
        return (
            f"{self.origin}\n{size}\n{root}\nepoch {epoch}\ntime {time or self.time()}\n{extension}"
        )

    def sign(self, text, epoch, key=None):
        signer = (key or self.keys[epoch]).line(f"{self.origin}/epoch/{epoch}", text)
        return f"{text}\n{signer}{self.identity.line(self.origin, text)}"

    def turn(self, size=None):
        epoch, size = len(self.statements), len(self.lines) if size is None else size
        self.keys.append(self.key(epoch + 1))
        text = self.text(size, epoch, f"next {b64(self.keys[-1].public)}\n")
        self.statements.append(self.sign(text, epoch))

    def reseed(self, signer="recovery"):
        epoch = len(self.statements)
        self.keys.append(self.key(epoch + 1))
        text = self.text(len(self.lines), epoch, f"reseed {b64(self.keys[-1].public)}\n")
        key = RECOVERY if signer == "recovery" else Key(signer)
        self.statements.append(f"{text}\n{key.line(RECOVERY_NAME, text)}")

    def checkpoint(self, extension="", size=None):
        epoch = len(self.statements)
        text = self.text(len(self.lines) if size is None else size, epoch, extension)
        self.newest = self.sign(text, epoch)

    def close(self):
        self.checkpoint("closed\n")

    def anchor(self):
        self.published.append(self.newest)

    def anchor_statement(self):
        self.published.append(self.statements[-1])

    def cosign(self, seconds=0):
        text = self.newest.split("\n\n")[0] + "\n"
        at = int(self.now.timestamp()) + seconds
        self.cosigned.append(self.newest + WITNESS.cosign(WITNESS_NAME, text, at))

    def segment(self):
        self.starts.append(len(self.lines))
        self.firsts.append(len(self.lines))

    def segment_name(self, first):
        return f"seg-{first:016}.jsonl"

    def abandon(self, surplus="half a rec", event="audit_segment_abandoned", moved=0, raw=None):
        first, start = self.firsts[-1], self.starts[-1]
        size = sum(len(line) + 1 for line in self.lines[start:])
        self.surplus[first] = surplus.encode()
        self.segment()
        self.records(1, event, file=self.segment_name(first), size=size + moved, reason="x")
        if raw is not None:
            self.replace_in_last(*raw)

    def tile(self):
        self.tiled = [leaf(line) for line in self.lines]

    def prune(self, first, recorded=True):
        self.pruned = first
        self.tile()
        self.tiled = self.tiled[:first]
        if recorded:
            self.records(1, "audit_segments_pruned", through=first - 1)

    def pass_time(self, seconds):
        self.now += timedelta(seconds=seconds)

    def unfinished(self, text="half a rec"):
        self.tail = text.encode()

    def raw_line(self, old, new):
        """A line that continues the chain, is signed later, and that no writer writes."""
        self.records(1)
        self.replace_in_last(old, new)

    def unlinked(self):
        """A record that does not continue the one before, and is signed later."""
        self.records(1)
        self.replace_in_last(self.prev(len(self.lines) - 1).hex(), "0" * 64)

    def replace_in_last(self, old, new):
        assert old.encode() in self.lines[-1]
        self.lines[-1] = self.lines[-1].replace(old.encode(), new.encode("latin-1"))

    # What the host writes

    def write(self, folder):
        stream = os.path.join(folder, self.stream)
        os.makedirs(stream)
        genesis = f'{{"v":1,"stream":"{self.stream}","publicKey":"{b64(self.keys[0].public)}"}}\n'
        put(stream, "genesis.json", genesis)
        put(stream, "identity.vkey", self.identity.vkey(self.origin) + "\n")
        put(stream, "checkpoint", self.newest)
        if self.statements:
            put(stream, "epochs.notes", "".join(note + "\n" for note in self.statements))
        if self.cosigned:
            put(stream, "cosigned.notes", "".join(note + "\n" for note in self.cosigned))
        self.write_segments(stream)
        self.write_tiles(stream)

    def write_segments(self, stream):
        ends = self.starts[1:] + [len(self.lines)]
        for first, start, end in zip(self.firsts, self.starts, ends):
            if end <= self.pruned and end != len(self.lines):
                continue
            content = b"".join(line + b"\n" for line in self.lines[start:end])
            content += self.surplus.get(first, b"")
            if first == self.firsts[-1]:
                content += self.tail
            put(stream, self.segment_name(first), content)

    def write_tiles(self, stream):
        for index in range(0, len(self.tiled), 256):
            tile = self.tiled[index : index + 256]
            n = index // 256
            name = f"tile/0/{n:03}" if n < 1000 else f"tile/0/x{n // 1000:03}/{n % 1000:03}"
            put(stream, name if len(tile) == 256 else f"{name}.p/{len(tile)}", b"".join(tile))

    def write_keys(self, folder):
        put(folder, f"{self.stream}.identity.pem", self.identity.pem())
        put(folder, f"{self.stream}.{len(self.statements)}.pem", self.keys[-1].pem())

    def write_export(self, folder, seqs):
        """What somebody is given who must see these records and no others."""
        stream = os.path.join(folder, self.stream)
        self.write(folder)
        put(folder, "export.json", "{}\n")
        for name in os.listdir(stream):
            if name.startswith("seg-"):
                os.remove(os.path.join(stream, name))
        put(stream, "records.jsonl", b"".join(self.lines[seq] + b"\n" for seq in seqs))
        size = int(self.newest.split("\n")[1])
        leaves = [leaf(line) for line in self.lines[:size]]
        for seq in seqs:
            path = "".join(b64(each) + "\n" for each in tree_path(seq, leaves))
            proof = f"c2sp.org/tlog-proof@v1\nindex {seq}\n{path}\n{self.newest}"
            put(stream, f"proofs/{seq}.tlog-proof", proof)


def put(folder, name, content):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())


STATE = ("lines", "starts", "firsts", "surplus", "statements", "newest", "cosigned", "keys", "now")


class Attacker:
    """Somebody who holds the host: its files, the key of the present epoch and the identity key.

    `mode` is how far the traces of a change are covered:
      plain  nothing but the change
      chain  the records after it are chained anew
      sign   and the checkpoint is signed anew with the key of the present epoch
      all    and so is every statement, though the keys of those epochs are gone
    """

    def __init__(self, log, snapshots):
        self.log, self.snapshots = log, snapshots

    def cover(self, mode, at):
        log = self.log
        if mode == "plain":
            return
        log.firsts = list(log.starts)
        for seq in range(at, len(log.lines)):
            text = log.lines[seq].decode().split(f'"id":"{log.stream}:', 1)[1].split(",", 1)[1]
            log.lines[seq] = log.line(seq, log.prev(seq), text)
        if mode == "all":
            log.statements = [self.signed_anew(note) for note in log.statements]
        if mode in ("sign", "all"):
            time = log.newest.split("\n")[4][5:]
            extension = "closed\n" if "\nclosed\n" in log.newest else ""
            epoch = len(log.statements)
            log.newest = log.sign(log.text(len(log.lines), epoch, extension, time), epoch)

    def signed_anew(self, note):
        _, size, _, epoch, time, extension = note.split("\n\n")[0].split("\n")
        text = self.log.text(
            min(int(size), len(self.log.lines)), int(epoch[6:]), extension + "\n", time[5:]
        )
        return self.log.sign(text, int(epoch[6:]), self.log.keys[-1])

    def edit(self, at, mode="plain"):
        self.log.lines[at] = self.log.lines[at].replace(b'"u-', b'"w-')
        self.cover(mode, at)

    def delete(self, at, mode="plain", count=1):
        del self.log.lines[at : at + count]
        self.log.starts = [s - count if s > at else s for s in self.log.starts]
        self.cover(mode, at)

    def insert(self, at, mode="plain"):
        log = self.log
        text = log.lines[at].decode().split(",", 4)[4].replace('"u-', '"w-')
        log.lines.insert(at, log.line(at, log.prev(at), text))
        log.starts = [s + 1 if s > at else s for s in log.starts]
        self.cover(mode, at)

    def swap(self, at, mode="plain"):
        lines = self.log.lines
        lines[at], lines[at + 1] = lines[at + 1], lines[at]
        self.cover(mode, at)

    def repeat(self, at, mode="plain"):
        self.log.lines.insert(at + 1, self.log.lines[at])
        self.log.starts = [s + 1 if s > at else s for s in self.log.starts]
        self.cover(mode, at + 1)

    def truncate(self, to, mode="plain"):
        del self.log.lines[to:]
        self.log.starts = [s for s in self.log.starts if s <= to]
        self.log.firsts = self.log.firsts[: len(self.log.starts)]
        self.cover(mode, to)

    def drop_statements(self, first, count=1):
        del self.log.statements[first : first + count]

    def roll_back(self, to):
        """Puts back a copy that was made before. What was published since stays published."""
        log, old = self.log, self.snapshots[to]
        for name in STATE:
            setattr(log, name, copy.copy(getattr(old, name)))

    def forge(self, stream_seed="forged", records=40):
        """Another log altogether, under the same name, with keys of its own."""
        log = self.log
        forged = Log(log.stream, stream_seed)
        forged.now = log.now - timedelta(seconds=records / 10)
        forged.records(records)
        forged.checkpoint()
        for name in ("identity", *STATE):
            setattr(log, name, getattr(forged, name))

    def note(self, what):
        return self.log.newest if what == "checkpoint" else self.log.statements[what]

    def put_note(self, what, note):
        if what == "checkpoint":
            self.log.newest = note
        else:
            self.log.statements[what] = note

    def strip(self, what, keep=()):
        """Takes signatures from the checkpoint or a statement; `keep` names those that stay."""
        text, lines = self.note(what).split("\n\n")
        names = {"epoch": "/epoch/", "identity": f" {self.log.origin} "}
        kept = [line for line in lines.split("\n") if any(names[each] in line for each in keep)]
        self.put_note(what, f"{text}\n\n" + "".join(line + "\n" for line in kept))

    def borrow(self, what, other):
        """Adds the signature that the identity key gave another note."""
        line = self.note(other).rstrip("\n").split("\n")[-1]
        self.put_note(what, f"{self.note(what)}{line}\n")

    def rewrite(self, what, old, new, signed_by=None):
        """Replaces something in a note, and signs it anew when told with which key."""
        note = self.note(what)
        assert re.search(old, note), f"{old} is not in the note"
        note = re.sub(old, new, note, count=1)
        if signed_by is not None:
            text = note.split("\n\n")[0] + "\n"
            epoch = int(re.search(r"\nepoch (\d+)\n", text)[1])
            key = self.log.keys[-1] if signed_by == "present" else Key(signed_by)
            note = self.log.sign(text, epoch, key)
        self.put_note(what, note)

    def publish(self, more=0, epoch=None, signed_by=None, root=None, extension=""):
        """Puts a checkpoint into the anchor that this log does not lead to, or by another key."""
        log = self.log
        epoch = len(log.statements) if epoch is None else epoch
        lines = log.text(len(log.lines), epoch, extension).split("\n")
        lines[1] = str(len(log.lines) + more)
        lines[2] = root or lines[2]
        key = Key(signed_by) if signed_by else log.keys[min(epoch, len(log.keys) - 1)]
        log.published.append(log.sign("\n".join(lines), epoch, key))


def build(plan, folder):
    logs = []
    for stream, steps in plan["streams"].items():
        log, snapshots = Log(stream), {}
        for step in steps:
            name, *given = step
            if name == "snapshot":
                snapshots[given[0]] = clone(log)
                continue
            keywords = given.pop() if given and isinstance(given[-1], dict) else {}
            getattr(log, name)(*given, **keywords)
        logs.append((log, snapshots))
    first, snapshots = logs[0]
    trust = trust_of([log for log, _ in logs][: plan.get("trusted")], plan)
    for name, keywords in plan.get("attacks", []):
        getattr(Attacker(first, snapshots), name)(**keywords)
    return write(plan, folder, logs, trust)


def clone(log):
    """Keys cannot be copied, and need not be."""
    other = Log(log.stream, log.seed)
    for name, value in vars(log).items():
        setattr(other, name, copy.copy(value))
    return other


def trust_of(logs, plan):
    streams = [
        dict(
            stream=log.stream,
            epochKey=b64(log.keys[0].public),
            identity=log.identity.vkey(log.origin),
        )
        for log in logs
    ]
    trust = dict(v=1, streams=streams)
    if plan.get("recovery"):
        trust["recovery"] = RECOVERY.vkey(RECOVERY_NAME)
    if plan.get("witness"):
        trust["witnesses"] = [WITNESS.vkey(WITNESS_NAME, 4)]
    return trust


def write(plan, folder, logs, trust):
    directory, anchor = os.path.join(folder, "log"), os.path.join(folder, "anchor")
    second = os.path.join(folder, "second-anchor")
    for each in (directory, anchor, second):
        os.makedirs(each)
    for log, _ in logs:
        if "export" in plan:
            log.write_export(directory, plan["export"])
        else:
            log.write(directory)
            log.write_keys(os.path.join(directory, "keys"))
        kept = log.published[: plan.get("secondAnchor", 0)]
        for where, notes in ((anchor, log.published), (second, kept)):
            if notes:
                put(where, f"{log.stream}.notes", "".join(note + "\n" for note in notes))
    put(folder, "trust.json", json.dumps(trust))
    touch_files(folder, plan)
    as_of = max(log.now for log, _ in logs) + timedelta(seconds=plan.get("later", 1))
    return dict(
        directory=directory,
        anchor=anchor,
        trust=os.path.join(folder, "trust.json"),
        asOf=as_of.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    )


def touch_files(folder, plan):
    """Changes files without regard to what they mean. Latin-1 holds any byte."""
    for name in plan.get("removed", []):
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            shutil.rmtree(path)
        else:
            os.remove(path)
    for name, content in plan.get("files", {}).items():
        put(folder, name, content.encode("latin-1"))
    for name, content in plan.get("appended", {}).items():
        with open(os.path.join(folder, name), "ab") as file:
            file.write(content.encode("latin-1"))
    for name, (old, new) in plan.get("replaced", {}).items():
        path = os.path.join(folder, name)
        with open(path, "rb") as file:
            before = file.read()
        assert old.encode("latin-1") in before, f"{old} is not in {name}"
        put(folder, name, before.replace(old.encode("latin-1"), new.encode("latin-1"), 1))
    for name in plan.get("folders", []):
        os.makedirs(os.path.join(folder, name))
    for name in plan.get("pipes", []):
        os.mkfifo(os.path.join(folder, name))
    for at, name in enumerate(plan.get("links", [])):
        path, aside = os.path.join(folder, name), os.path.join(folder, f"aside-{at}")
        os.rename(path, aside)
        os.symlink(aside, path)


def main():
    folder = sys.argv[1]
    plans = json.load(sys.stdin)
    print(
        json.dumps(
            {
                plan["name"]: build(plan, os.path.join(folder, str(at)))
                for at, plan in enumerate(plans)
            }
        )
    )


main()
