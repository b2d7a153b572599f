#!/usr/bin/env python3
"""Verifies an audit log of nestjs-security, or an export of one, without any of its code.

    python3 verify.py <directory> [--trust trust.json] [--anchor folder]...
                      [--as-of 2026-11-27T02:30:00Z] [--max-age 600] [--export] [--json]

  --trust    the first keys of the streams, kept where the log's host cannot write
  --anchor   a folder, kept elsewhere too, with the checkpoints that were published
  --as-of    the moment to judge by, for archives; now, unless given
  --max-age  how old the newest anchored checkpoint may be, in seconds
  --export   the directory is an export: chosen records with their proofs, not a whole log

Exit code: 0 clean, 1 tampered, 2 incomplete or stale, 3 wrong usage, 4 a file could not be read.

Needs Python 3.9 and nothing else. With the package `cryptography` signatures are checked faster.

How it works, in the order of this file:
  1. Ed25519       is this signature of that key?
  2. Files         bounded reading of whatever lies there, hostile or not
  3. Notes         C2SP signed-note, tlog-checkpoint, tlog-cosignature: who signed which text
  4. Merkle tree   RFC 6962: the root over the records at any size
  5. Findings      what is wrong, and where
  6. Trust         the file with the keys that the log must begin with
  7. Epochs        each key signs the next one, so the first key leads to all of them
  8. Claims        every root that a valid signature stands for: statements, checkpoint, anchors
  9. Records       the chain of lines; the tree that grows over them must pass through every claim
 10. Exports       single records, each with a proof that leads to a signed root
 11. The verdict   what is put together, printed, and given as the exit code

The first bad record is the lowest one that may be at fault, as closely as that can be told. When
the chain is broken, that is next to the break. When somebody computed the chain anew, the signed
roots are left, and tiles that lead to them: the first bad record is the one that the tiles tell,
or else the one after the last root that holds.
"""

from __future__ import annotations

import argparse
import base64
import errno
import hashlib
import json
import math
import os
import re
import stat
import struct
import sys
from array import array
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import BinaryIO, NamedTuple, NoReturn

MAX_LINE = 65_535  # bytes of a record, without its LF
MAX_TORN = 1 << 23  # bytes without an LF that a crash can leave behind the last record
MAX_NOTE = 65_536  # bytes of a signed note; far beyond what a log writes
MAX_SIGNATURES = 100  # of a note
MAX_PROOF = 1 << 18
MAX_TRUST = 1 << 24
MAX_SIZE = 2**53 - 1  # what a JSON number holds exactly
MAX_PROBLEMS = 20  # of one kind and stream that are listed; all of them count
PRUNINGS = 5  # how often a log is begun anew that loses segments while it is read
TAIL_SECONDS = 10  # a running log signs its newest records within this time
CLOCK_SKEW_SECONDS = 60  # what clocks may differ
STREAM = re.compile(r"(?:0|[1-9][0-9]{0,5})-[0-9a-z]{8}")
SEGMENT = re.compile(r"seg-([0-9]{16})\.jsonl")


# 1. Ed25519 ------------------------------------------------------------------------------------

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    # Some builds of OpenSSL leave Ed25519 out; that shows here and not in the middle of a log.
    Ed25519PublicKey.from_public_bytes(bytes([1] + 31 * [0]))
except Exception:  # whatever is wrong with the package, this file has its own way
    Ed25519PublicKey = None  # type: ignore

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE_D = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
ROOT_OF_MINUS_1 = pow(2, (PRIME - 1) // 4, PRIME)


def is_signed(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether this is the Ed25519 signature (RFC 8032) of a key over a message."""
    if len(key) != 32 or len(signature) != 64 or not is_canonical(key):
        return False
    check = is_signed_python if Ed25519PublicKey is None else is_signed_cryptography
    return check(key, signature, message)


def is_canonical(key: bytes) -> bool:
    """RFC 8032 refuses a coordinate of p and more and a zero with a sign; OpenSSL accepts both."""
    y = int.from_bytes(key, "little") & ((1 << 255) - 1)
    return y < PRIME and not (y in (1, PRIME - 1) and key[31] & 0x80)


def is_signed_cryptography(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
        return True
    except (InvalidSignature, ValueError):
        return False


def is_signed_python(key: bytes, signature: bytes, message: bytes) -> bool:
    """RFC 8032, section 5.1.7, with plain integers.

    It takes more or less time for other numbers. That gives nothing away here, because key,
    signature and message are public. NEVER sign or decrypt with arithmetic like this.
    """
    public = decode_point(key)
    s = int.from_bytes(signature[32:], "little")
    if public is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    # R = s*B - k*A, both products in one walk over their bits.
    minus_public = (PRIME - public[0], public[1], 1, PRIME - public[3])
    both = add_points(BASE_POINT, minus_public)
    result = NEUTRAL
    for bit in range(252, -1, -1):
        result = add_points(result, result)
        summand = (s >> bit & 1) | (k >> bit & 1) << 1
        if summand:
            result = add_points(result, (None, BASE_POINT, minus_public, both)[summand])
    return encode_point(result) == signature[:32]


def add_points(p: tuple, q: tuple) -> tuple:
    """The sum of two points in extended coordinates; complete, so it doubles as well."""
    a = (p[1] - p[0]) * (q[1] - q[0]) % PRIME
    b = (p[1] + p[0]) * (q[1] + q[0]) % PRIME
    c = 2 * p[3] * q[3] * CURVE_D % PRIME
    d = 2 * p[2] * q[2] % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME


def encode_point(p: tuple) -> bytes:
    inverse = pow(p[2], PRIME - 2, PRIME)
    x, y = p[0] * inverse % PRIME, p[1] * inverse % PRIME
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode_point(raw: bytes) -> tuple | None:
    """The point of 32 bytes, `None` when they are none (RFC 8032, section 5.1.3)."""
    number = int.from_bytes(raw, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    if y >= PRIME:
        return None
    square = (y * y - 1) * pow(CURVE_D * y * y + 1, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * ROOT_OF_MINUS_1 % PRIME
    if (x * x - square) % PRIME or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = PRIME - x
    return x, y, 1, x * y % PRIME


NEUTRAL = (0, 1, 1, 0)
BASE_Y = 4 * pow(5, PRIME - 2, PRIME) % PRIME
BASE_POINT = decode_point(BASE_Y.to_bytes(32, "little")) or NEUTRAL


# 2. Files --------------------------------------------------------------------------------------

# There is no file to read under this name. Anything else (no permission, a broken disk) is not the
# log's fault, and ends the run with exit code 4.
MISSING = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG)
IRREGULAR = (errno.ELOOP, errno.EMLINK, errno.EISDIR, errno.ENXIO, errno.ENODEV)
NO_FILE = (*MISSING, *IRREGULAR)
OPEN_FLAGS = os.O_RDONLY
for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):  # not every system knows all of them
    OPEN_FLAGS |= getattr(os, flag, 0)


def mode_of(path: str) -> int | None:
    """What has this name, a link itself and not what it leads to; `None` when nothing has it."""
    try:
        return os.lstat(path).st_mode
    except OSError as error:
        if error.errno in MISSING:
            return None
        raise


def is_irregular(path: str) -> bool:
    """Whether a link, a folder, a pipe or a device has the name of a file."""
    mode = mode_of(path)
    return mode is not None and not stat.S_ISREG(mode)


def open_regular(path: str) -> BinaryIO | None:
    """A file to read; `None` unless it is a regular one. A link might lead to what is not the
    log's, and a pipe or a device might never end."""
    if is_irregular(path):
        return None
    try:
        descriptor = os.open(path, OPEN_FLAGS)
    except OSError as error:
        if error.errno in NO_FILE:
            return None
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    return os.fdopen(descriptor, "rb", buffering=1 << 18)


def read_small(path: str, limit: int) -> bytes | None:
    """All of a small file; of a larger one so much that its reader sees that it is too large."""
    file = open_regular(path)
    if file is None:
        return None
    with file:
        return file.read(limit + 1)


class Growing(NamedTuple):
    """A file that is appended to, and how far it is read: to its length when it was looked at."""

    path: str
    length: int
    is_irregular: bool = False
    is_elsewhere: bool = False  # in the folder of an anchor, of which there may be several

    @property
    def name(self) -> str:
        return self.path if self.is_elsewhere else os.path.basename(self.path)


def growing(path: str) -> Growing:
    try:
        found = os.lstat(path)
        return Growing(path, found.st_size, not stat.S_ISREG(found.st_mode))
    except OSError as error:
        if error.errno in NO_FILE:
            return Growing(path, 0)
        raise


def names_in(folder: str) -> list:
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        if error.errno in NO_FILE:
            return []
        raise


def base64_bytes(text: str) -> bytes | None:
    """Strict: the one standard form of these bytes, with padding, and nothing else."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        return None
    return raw if base64.b64encode(raw).decode("ascii") == text else None


def key_bytes(text: str) -> bytes | None:
    raw = base64_bytes(text)
    return raw if raw is not None and len(raw) == 32 else None


# 3. Notes --------------------------------------------------------------------------------------

ED25519, COSIGNATURE = 1, 4  # the types of C2SP signed-note


class VerifierKey(NamedTuple):
    name: str
    id: bytes
    type: int
    public: bytes


def verifier_key(name: str, public: bytes, type: int = ED25519) -> VerifierKey:
    digest = hashlib.sha256(name.encode() + b"\n" + bytes([type]) + public).digest()
    return VerifierKey(name, digest[:4], type, public)


def parse_vkey(text: object, type: int) -> VerifierKey | None:
    """`<name>+<id in hex>+<base64 of type and key>`; the id must be that of name and key."""
    parts = text.split("+", 2) if isinstance(text, str) else []
    raw = base64_bytes(parts[2]) if len(parts) == 3 else None
    if raw is None or len(raw) != 33 or raw[0] != type or not is_key_name(parts[0]):
        return None
    key = verifier_key(parts[0], raw[1:], type)
    return key if key.id.hex() == parts[1] else None


def is_key_name(name: str) -> bool:
    if name == "" or any(char == "+" or char.isspace() for char in name):
        return False
    return all("\ud800" > char or char > "\udfff" for char in name)  # JSON may hold halves of pairs


class Note(NamedTuple):
    text: str
    signatures: list  # of (name, id, signature)


def parse_note(raw: bytes) -> Note | None:
    """C2SP signed-note: text, an empty line, then one line for each signature."""
    try:
        whole = raw.decode("utf-8") if len(raw) <= MAX_NOTE else ""
    except UnicodeDecodeError:
        return None
    split = whole.rfind("\n\n")
    if whole.count("\n", split + 2) > MAX_SIGNATURES:
        return None
    if split < 0 or not whole.endswith("\n") or any(c < " " and c != "\n" for c in whole):
        return None
    signatures = []
    for line in whole[split + 2 : -1].split("\n"):
        parts = line.split(" ")
        blob = base64_bytes(parts[2]) if len(parts) == 3 else None
        if blob is None or len(blob) < 5 or parts[0] != "\u2014" or not is_key_name(parts[1]):
            return None
        signatures.append((parts[1], blob[:4], blob[4:]))
    return Note(whole[: split + 1], signatures)


def verified_keys(note: Note, keys: list) -> dict | None:
    """The keys that signed a note, each with the time of its cosignature (0 if it is none).

    `None` when a signature in the name of one of these keys is false: then nothing of the note
    counts. Signatures of keys that are not known are passed over, as C2SP demands.
    """
    known = {(key.name, key.id): key for key in keys}
    verified: dict = {}
    for name, id, signature in note.signatures:
        key = known.get((name, id))
        if key is None:
            continue
        message, seconds = note.text.encode(), 0
        if key.type == COSIGNATURE:
            seconds, signature = int.from_bytes(signature[:8], "big"), signature[8:]
            message = b"cosignature/v1\ntime %d\n" % seconds + message
        if seconds > MAX_SIZE or not is_signed(key.public, signature, message):
            return None
        verified[key] = max(seconds, verified.get(key, 0))
    return verified


CHECKPOINT = re.compile(
    r"(?P<origin>[^\n]+)\n"
    r"(?P<size>0|[1-9][0-9]{0,15})\n"
    r"(?P<root>[A-Za-z0-9+/=]{44})\n"
    r"epoch (?P<epoch>0|[1-9][0-9]{0,15})\n"
    r"time (?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3})Z\n"
    r"(?:(?P<word>next|reseed) (?P<key>[A-Za-z0-9+/=]{44})\n|(?P<closed>closed)\n)?"
)


class Checkpoint(NamedTuple):
    size: int
    root: bytes
    epoch: int
    time: float  # seconds since 1970
    word: str  # what it says beyond the state of the log: next, reseed, closed or nothing
    key: bytes  # of next and reseed


def parse_checkpoint(text: str, origin: str) -> Checkpoint | None:
    """The text of a C2SP tlog-checkpoint of this log, with the lines that its format allows."""
    match = CHECKPOINT.fullmatch(text)
    if match is None or match["origin"] != origin:
        return None
    if max(int(match["size"]), int(match["epoch"])) > MAX_SIZE:
        return None
    root, key = key_bytes(match["root"]), key_bytes(match["key"]) if match["key"] else b""
    try:
        time = datetime.fromisoformat(match["time"] + "+00:00").timestamp()
    except ValueError:
        return None
    if root is None or key is None:
        return None
    word = match["word"] or match["closed"] or ""
    return Checkpoint(int(match["size"]), root, int(match["epoch"]), time, word, key)


class Entry(NamedTuple):
    """A place in a file of notes: a whole note, an unfinished one (a crash), or damage. One that
    is irregular stands for all of a file that is none."""

    offset: int
    raw: bytes
    state: str  # whole, unfinished, damaged, irregular


def notes_in(source: Growing) -> Iterator[Entry]:
    """The notes of a file. Each is followed by one more LF, so "\\n\\n" ends both of its parts."""
    if source.is_irregular:
        yield Entry(0, b"", "irregular")
        return
    file = open_regular(source.path)
    if file is None:
        return
    with file:
        rest, offset, left = b"", 0, source.length
        while True:
            middle = rest.find(b"\n\n")
            end = rest.find(b"\n\n", middle + 2) if middle >= 0 else -1
            # Where an entry is longer than any note, nobody can say where the next one begins.
            if end >= MAX_NOTE or (end < 0 and len(rest) > MAX_NOTE):
                yield Entry(offset, b"", "damaged")
                return
            if end >= 0:
                yield Entry(offset, rest[: end + 1], "whole")
                rest, offset = rest[end + 2 :], offset + end + 2
                continue
            more = file.read(min(left, MAX_NOTE))
            if not more:
                break
            rest, left = rest + more, left - len(more)
        if rest:
            yield Entry(offset, rest, "unfinished")


# 4. Merkle tree --------------------------------------------------------------------------------


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """A growing tree of RFC 6962. It keeps the roots of its perfect subtrees, the largest first."""

    def __init__(self) -> None:
        self.size = 0
        self.subtrees: list = []

    def append(self, leaf: bytes) -> None:
        size = self.size
        while size & 1:
            leaf = node_hash(self.subtrees.pop(), leaf)
            size >>= 1
        self.subtrees.append(leaf)
        self.size += 1

    def copy(self) -> Tree:
        other = Tree()
        other.size, other.subtrees = self.size, self.subtrees[:]
        return other

    def root(self) -> bytes:
        if self.size == 0:
            return hashlib.sha256(b"").digest()
        root = self.subtrees[-1]
        for left in reversed(self.subtrees[:-1]):
            root = node_hash(left, root)
        return root


def root_of_proof(leaf: bytes, index: int, size: int, proof: list) -> bytes | None:
    """The root that an inclusion proof leads to (RFC 9162, section 2.1.3.2)."""
    if index >= size:
        return None
    at, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if at & 1 or at == last:
            result = node_hash(sibling, result)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        at, last = at >> 1, last >> 1
    return result if last == 0 else None


# 5. Findings -----------------------------------------------------------------------------------

# What leaves a question open. Every other kind of problem says that something was changed.
INCOMPLETE = frozenset(
    "epoch-unfinished anchor-missing anchor-stale trust-missing reseed-untrusted "
    "segments-vanished stream-unregistered unsigned-tail".split()
)


class Report:
    """What was found out about one stream."""

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.records = self.signed = self.anchored = self.epochs = 0
        self.closed = False
        self.anchors: list = []  # what each one that was given holds
        self.problems: list = []
        self.counts: dict = {}  # of problems, by their kind
        self.omitted = 0
        self.grades: set = set()
        self.first_bad: int | None = None

    def add(
        self,
        kind: str,
        message: str,
        seq: int | None = None,
        file: str | None = None,
        offset: int | None = None,
        grade: str | None = None,
    ) -> None:
        grade = grade or ("incomplete" if kind in INCOMPLETE else "tampered")
        self.grades.add(grade)
        if grade == "tampered" and seq is not None:
            self.first_bad = seq if self.first_bad is None else min(self.first_bad, seq)
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if self.counts[kind] > MAX_PROBLEMS:
            self.omitted += 1
            return
        self.problems.append(
            dict(kind=kind, grade=grade, seq=seq, file=file, offset=offset, message=message)
        )

    @property
    def status(self) -> str:
        return worst(self.grades)


def worst(grades: set) -> str:
    return next((grade for grade in ("tampered", "incomplete") if grade in grades), "clean")


# 6. Trust --------------------------------------------------------------------------------------


class UsageError(Exception):
    pass


class Trust(NamedTuple):
    streams: dict  # name: (key of epoch 0, identity key)
    recovery: VerifierKey | None
    witnesses: list


def origin_of(stream: str) -> str:
    return f"nestjs-security/audit/{stream}"


def parse_trust(raw: bytes) -> Trust:
    """Strict, because a misspelt name here would weaken every verdict without a word."""
    if len(raw) > MAX_TRUST:
        raise UsageError("the trust file is too large")
    try:
        given = json.loads(raw.decode("utf-8"), object_pairs_hook=object_without_twins)
    except (ValueError, RecursionError):
        raise UsageError("the trust file is not JSON, or a name stands in it twice")
    check_names(given, "the trust file", {"v", "streams"}, {"recovery", "witnesses"})
    if given["v"] is True or given["v"] != 1 or not isinstance(given["streams"], list):
        raise UsageError("the trust file needs v 1 and a list of streams")
    streams: dict = {}
    for each in given["streams"]:
        name, first_key, identity = trusted_stream(each)
        if name in streams:
            raise UsageError(f"the trust file has the stream {name} twice")
        streams[name] = (first_key, identity)
    recovery = parse_vkey(given.get("recovery"), ED25519)
    if "recovery" in given and recovery is None:
        raise UsageError("recovery in the trust file is no verifier key of type 1")
    witnesses = given.get("witnesses", [])
    if not isinstance(witnesses, list):
        raise UsageError("witnesses in the trust file is no list")
    keys = [parse_vkey(witness, COSIGNATURE) for witness in witnesses]
    if None in keys:
        raise UsageError("a witness in the trust file is no verifier key of type 4")
    return Trust(streams, recovery, keys)


def trusted_stream(given: object) -> tuple:
    check_names(given, "a stream of the trust file", {"stream", "epochKey", "identity"}, set())
    assert isinstance(given, dict)
    name, text = given["stream"], given["epochKey"]
    if not isinstance(name, str) or not STREAM.fullmatch(name):
        raise UsageError("a stream of the trust file has no name of a stream")
    first_key = key_bytes(text) if isinstance(text, str) else None
    identity = parse_vkey(given["identity"], ED25519)
    if first_key is None or identity is None or identity.name != origin_of(name):
        raise UsageError(f"epochKey or identity of {name} in the trust file is no such key")
    return name, first_key, identity


def object_without_twins(pairs: list) -> dict:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a name stands twice")
    return result


def check_names(given: object, what: str, required: set, optional: set) -> None:
    names = set(given) if isinstance(given, dict) else set()
    if not required <= names <= required | optional:
        raise UsageError(f"{what} must have {', '.join(sorted(required))} and nothing unknown")


# 7. Epochs -------------------------------------------------------------------------------------


class Options(NamedTuple):
    directory: str
    trust: Trust | None
    anchors: list
    as_of: float
    max_age: float
    is_export: bool  # the directory is one
    may_be_export: bool  # and that is what was asked for


class Epochs:
    """The keys of a stream, packed: a log of years has a great many epochs."""

    def __init__(self) -> None:
        self.keys = bytearray()
        self.sizes = array("Q")  # where each ended epoch ended
        self.is_cut = False  # if so, there may be later ones whose keys cannot be known

    @property
    def ended(self) -> int:
        return len(self.sizes)

    @property
    def covered(self) -> int:
        """The records that the ended epochs vouch for."""
        return self.sizes[-1] if self.sizes else 0

    def key(self, epoch: int) -> bytes:
        return bytes(self.keys[32 * epoch : 32 * epoch + 32])

    def end(self, statement: Checkpoint) -> None:
        self.sizes.append(statement.size)
        self.keys += statement.key


class Stream:
    """One stream: where it lies, what is known of it from elsewhere, and what was found."""

    def __init__(self, name: str, options: Options) -> None:
        trust = options.trust
        trusted = trust.streams.get(name) if trust else None
        self.name = name
        self.folder = os.path.join(options.directory, name)
        self.origin = origin_of(name)
        self.report = Report(name)
        self.epochs = Epochs()
        self.claims: set = set()  # see section 8
        self.recovery = trust.recovery if trust else None
        self.witnesses = trust.witnesses if trust else []
        self.trusted_key = trusted[0] if trusted else None
        self.identity = trusted[1] if trusted else None
        if trust is None:
            self.report.add("trust-missing", "self-consistent only: no trust file was given")
        elif trusted is None:
            self.report.add("stream-unregistered", "the trust file does not know this stream")

    def path(self, *names: str) -> str:
        return os.path.join(self.folder, *names)

    def claim(self, checkpoint: Checkpoint, source: int) -> None:
        self.claims.add(CLAIM.pack(checkpoint.size, checkpoint.root, source))


def read_first_key(stream: Stream) -> bytes | None:
    """The key that everything begins with. The trusted one counts, whatever genesis.json says."""
    add, file = stream.report.add, "genesis.json"
    raw = read_small(stream.path(file), 1024)
    match = re.fullmatch(
        rb'\{"v":1,"stream":"%s","publicKey":"([A-Za-z0-9+/=]{44})"\}\n' % stream.name.encode(),
        raw or b"",
    )
    key = key_bytes(match[1].decode("ascii")) if match else None
    if raw is None:
        add("genesis-missing", "there is no such file", 0, file)
    elif key is None:
        add("genesis-invalid", "this is not the beginning of this stream", 0, file)
    elif stream.trusted_key not in (None, key):
        add("genesis-mismatch", "its key is not the one of the trust file", 0, file)
    read_identity(stream)
    return stream.trusted_key or key


def read_identity(stream: Stream) -> None:
    add, file = stream.report.add, "identity.vkey"
    if is_irregular(stream.path(file)):
        add("file-irregular", "this is no regular file", 0, file)
        return
    raw = read_small(stream.path(file), 1024)
    text = (raw or b"").decode("utf-8", "replace")
    key = parse_vkey(text[:-1], ED25519) if text.endswith("\n") else None
    if stream.identity is None:
        stream.identity = key if key and key.name == stream.origin else None
    elif raw is not None and key != stream.identity:
        add("genesis-mismatch", "the identity key is not the one of the trust file", 0, file)


class Rejected(Exception):
    """Why a note does not count: `invalid`, `signature`, `gap`, `size` or `conflict`."""

    def __init__(self, why: str, reason: str) -> None:
        super().__init__(reason)
        self.why = why


def signers_of(stream: Stream, note: Note, checkpoint: Checkpoint, epoch_key: bytes) -> dict:
    """Verifies the signatures of a note: the key of its epoch must be among them. The identity key
    is for witnesses: it stays the same for ever and lies on the log's host, so it neither suffices
    nor is it needed; but a false signature in its name makes the note invalid.

    A reseed is signed by the recovery key instead. Where none is trusted it has no signers."""
    needed = verifier_key(f"{stream.origin}/epoch/{checkpoint.epoch}", epoch_key)
    if checkpoint.word == "reseed":
        if stream.recovery is None:
            return {}
        needed = stream.recovery
    known = {needed, stream.identity, *stream.witnesses} - {None}
    verified = verified_keys(note, list(known))
    if verified is None:
        raise Rejected("signature", "a signature in the name of a known key is false")
    if needed not in verified:
        raise Rejected("signature", f"it is not signed by {needed.name}")
    return verified


def open_checkpoint(stream: Stream, raw: bytes) -> tuple:
    note = parse_note(raw)
    checkpoint = parse_checkpoint(note.text, stream.origin) if note else None
    if note is None or checkpoint is None:
        raise Rejected("invalid", "it is no signed checkpoint of this stream")
    return note, checkpoint


def read_epochs(stream: Stream, source: Growing, first_key: bytes | None) -> None:
    """Follows the statements that ended the epochs. After one that does not hold, nothing does."""
    epochs, add = stream.epochs, stream.report.add
    epochs.keys += first_key or b""
    epochs.is_cut = first_key is None
    for entry in notes_in(source) if first_key else ():
        file, at = source.name, entry.offset
        if entry.state == "irregular":
            add("file-irregular", "this is no regular file", 0, file)
            epochs.is_cut = True
            break
        if entry.state == "unfinished":
            add("epoch-unfinished", "a crash cut off the last statement", None, file, at)
            break
        try:
            statement = open_statement(stream, entry)
        except Rejected as rejected:
            message = f"statement {epochs.ended}: {rejected}"
            add(f"epoch-{rejected.why}", message, epochs.covered, file, at)
            epochs.is_cut = True
            break
        if statement.word == "reseed" and stream.recovery is None:
            message = f"the key of epoch {epochs.ended} was replaced; no recovery key is trusted"
            add("reseed-untrusted", message, statement.size, file, at)
        epochs.end(statement)
        stream.claim(statement, STATEMENT)
    stream.report.epochs = epochs.ended


def open_statement(stream: Stream, entry: Entry) -> Checkpoint:
    epochs = stream.epochs
    note, statement = open_checkpoint(stream, entry.raw)
    if statement.word not in ("next", "reseed"):
        raise Rejected("invalid", "it names no next key")
    if statement.epoch != epochs.ended:
        raise Rejected("gap", f"it is of epoch {statement.epoch}")
    signers_of(stream, note, statement, epochs.key(epochs.ended))
    if statement.size < epochs.covered:
        raise Rejected("size", f"its size {statement.size} is below that of the one before")
    return statement


# 8. Claims -------------------------------------------------------------------------------------

# A claim is the size and the root of a tree, and where it was signed. Packed, claims are small and
# in the order of their sizes. The same one from the same source counts once.
CLAIM = struct.Struct(">Q32sB")
STATEMENT, CHECKPOINT_FILE, COSIGNED, ANCHOR = range(4)
SOURCES = (
    "a statement of epochs.notes",
    "the checkpoint",
    "a checkpoint of cosigned.notes",
    "an anchored checkpoint",
)


def accept(stream: Stream, raw: bytes) -> tuple:
    """A checkpoint that was signed by the key of its epoch, which the chain of epochs leads to.

    @returns the checkpoint and who signed it
    """
    epochs = stream.epochs
    note, checkpoint = open_checkpoint(stream, raw)
    epoch, is_end = checkpoint.epoch, checkpoint.word in ("next", "reseed")
    if not epochs.key(epoch):
        raise Rejected("gap", f"it is of epoch {epoch}, and the log has no key of it")
    low = epochs.sizes[epoch - 1] if epoch > 0 else 0
    high = epochs.sizes[epoch] if epoch < epochs.ended else MAX_SIZE
    if not low <= checkpoint.size <= high:
        raise Rejected("conflict", f"its size {checkpoint.size} is not within epoch {epoch}")
    if is_end and epoch == epochs.ended:
        raise Rejected("gap", f"it ended epoch {epoch}, and the log does not know of it")
    # Whoever published another end of this epoch than the log has kept two logs.
    if is_end and (checkpoint.size, checkpoint.key) != (high, epochs.key(epoch + 1)):
        raise Rejected("conflict", f"it ended epoch {epoch} otherwise than epochs.notes")
    return checkpoint, signers_of(stream, note, checkpoint, epochs.key(epoch))


def judge_checkpoint(stream: Stream, raw: bytes | None) -> Checkpoint | None:
    """The file `checkpoint`. It must be there: without it the newest records have no proof."""
    epochs, add = stream.epochs, stream.report.add
    seq, file = epochs.covered, "checkpoint"
    stream.report.signed = epochs.covered
    if raw is None:
        add("checkpoint-missing", "there is no such file", seq, file)
        return None
    try:
        checkpoint = accept(stream, raw)[0]
        if checkpoint.epoch < epochs.ended - 1:
            raise Rejected("invalid", f"its epoch {checkpoint.epoch} ended long ago")
        if checkpoint.word == "reseed":
            raise Rejected("signature", "it is not signed by the key of its epoch")
    except Rejected as rejected:
        kinds = {"gap": "epoch-gap", "signature": "checkpoint-signature"}
        if not (rejected.why == "gap" and epochs.is_cut):  # that its key is unknown was said
            add(kinds.get(rejected.why, "checkpoint-invalid"), str(rejected), seq, file)
        return None
    stream.claim(checkpoint, CHECKPOINT_FILE)
    stream.report.signed = max(epochs.covered, checkpoint.size)
    return checkpoint


def anchor_files(stream: Stream, options: Options) -> list:
    """Files of checkpoints. Where no witness is known, nothing counts in cosigned.notes."""
    paths = [os.path.join(each, f"{stream.name}.notes") for each in options.anchors]
    files = [growing(path)._replace(is_elsewhere=True) for path in paths]
    if stream.witnesses:
        files.append(growing(stream.path("cosigned.notes")))
    return files


def read_anchors(stream: Stream, sources: list, options: Options) -> list:
    """What was published must be what the log holds.

    The folder of an anchor is out of reach of the log's host. cosigned.notes is not, so in it only
    the signatures of trusted witnesses count, with the times that they put into them.

    @returns what each of the files holds, in their order
    """
    return [read_anchor(stream, source, options) for source in sources]


class Held:
    """What one file of checkpoints that are kept elsewhere proves."""

    def __init__(self, source: Growing) -> None:
        self.file, self.is_elsewhere = source.name, source.is_elsewhere
        self.is_empty = True  # nothing in it counts, and nothing in it is reported
        self.has_checkpoint = False
        self.size = 0
        self.newest = -math.inf  # when the newest of them was made, unless in the future


def read_anchor(stream: Stream, source: Growing, options: Options) -> Held:
    held = Held(source)
    # One with a time yet to come would make the log look fresh until then.
    latest = max(options.as_of, now()) + CLOCK_SKEW_SECONDS
    for entry in notes_in(source):
        before = sum(stream.report.counts.values())
        accepted = accept_anchored(stream, source, entry)
        # Nobody knows that it is nothing: what cannot be judged as long as keys are not known, and
        # what is reported.
        is_told = stream.epochs.is_cut or sum(stream.report.counts.values()) > before
        if entry.state in ("whole", "damaged") and is_told:
            held.is_empty = False
        if accepted is None:
            continue
        checkpoint, signers = accepted
        if not signers:  # a reseed that anybody could have written
            continue
        times = [checkpoint.time] if source.is_elsewhere else witness_times(signers)
        stream.claim(checkpoint, ANCHOR if times else COSIGNED)
        if times:
            held.is_empty, held.has_checkpoint = False, True
            held.size = max(held.size, checkpoint.size)
            held.newest = max([held.newest, *(time for time in times if time <= latest)])
            stream.report.anchored = max(stream.report.anchored, checkpoint.size)
    return held


def witness_times(signers: dict) -> list:
    return [signers[key] for key in signers if key.type == COSIGNATURE]


def judge_anchors(stream: Stream, every: list, options: Options) -> None:
    """An anchor that was given holds something of the stream, and the newest checkpoint of all must
    not be old: what came after it is held by nothing."""
    report_anchors(stream, every, options.as_of - options.max_age)
    if not options.anchors and all(held.is_empty for held in every):
        stream.report.add("anchor-missing", "no checkpoint that is kept elsewhere was given")
    newest = [held.newest for held in every if held.has_checkpoint]
    if newest and max(newest) < options.as_of - options.max_age:
        made = iso_time(max(newest)) or "a time in the future"
        message = f"the newest anchored checkpoint is of {made}"
        stream.report.add("anchor-stale", message)


def report_anchors(stream: Stream, every: list, oldest: float) -> None:
    """What each anchor holds. One that is too old is no problem as long as another one is not."""
    for held in every:
        if not held.is_elsewhere:
            continue
        if held.is_empty:
            message = "this anchor holds no checkpoint of the stream"
            stream.report.add("anchor-missing", message, file=held.file)
        is_stale = held.has_checkpoint and held.newest < oldest
        found = dict(file=held.file, size=held.size, time=iso_time(held.newest), isStale=is_stale)
        stream.report.anchors.append(found)


def iso_time(seconds: float) -> str | None:
    if seconds == -math.inf:
        return None
    moment = datetime(1970, 1, 1) + timedelta(milliseconds=round(seconds * 1000))
    return moment.isoformat(timespec="milliseconds") + "Z"


def accept_anchored(stream: Stream, source: Growing, entry: Entry) -> tuple | None:
    """One note of an anchor. An unfinished last one is what a crash leaves, and says nothing."""
    if entry.state == "unfinished":
        return None
    if entry.state == "irregular":
        seq = stream.report.anchored
        stream.report.add("file-irregular", "this is no regular file", seq, source.name)
        return None
    try:
        if entry.state == "damaged":
            raise Rejected("invalid", "there is something that is no note")
        return accept(stream, entry.raw)
    except Rejected as rejected:
        is_conflict = rejected.why in ("gap", "conflict")
        if not (rejected.why == "gap" and stream.epochs.is_cut):
            kind = "anchor-mismatch" if is_conflict else "anchor-invalid"
            # What was accepted before is all that is anchored.
            seq = stream.report.anchored
            stream.report.add(kind, str(rejected), seq, source.name, entry.offset)
        return None


# 9. Records ------------------------------------------------------------------------------------

RECORD = re.compile(
    rb'\{"v":1,"seq":(0|[1-9][0-9]{0,15}),"prev":"([0-9a-f]{64})","id":"([^"]*)",'
    rb'"time":"[0-9TZ:.+-]{24,27}","event":"([^"]*)'
)
PRUNED = b"audit_segments_pruned"
ABANDONED = (b"audit_segment_abandoned", b"audit_segment_changed")


class Record(NamedTuple):
    seq: int
    prev: bytes
    event: bytes


def parse_record(line: bytes, stream: str) -> Record | str:
    """The record of a line without its LF, or why it is none.

    What an application recorded is not parsed: as evidence it is bytes, and those were signed.
    """
    match = RECORD.match(line)
    if match is None or int(match[1]) > MAX_SIZE or not line.endswith(b"}"):
        return "it does not begin and end as a record does"
    if b"\r" in line:
        return "there is a CR in it"
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return "it is not UTF-8"
    if match[3] != b"%s:%s" % (stream.encode(), match[1]):
        return "its id is not made of its stream and seq"
    return Record(int(match[1]), match[2], match[4])


def refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is not JSON")


DECODER = json.JSONDecoder(parse_constant=refuse_constant, parse_int=float)
NESTING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]')
DEPTH = 100  # of JSON that is parsed at a time


def flattened(text: str) -> str:
    """The same JSON with `null` for what lies deep in it. Python parses no JSON of any depth, so
    that is cut out and parsed by itself, from the innermost outwards."""
    layers: list = [[]]
    depth = at = 0
    for match in NESTING.finditer(text):
        layers[-1].append(text[at : match.start()])
        at = match.end()
        if match[0] in "[{":
            depth += 1
            if depth % DEPTH == 0:
                layers.append([])
        layers[-1].append(match[0])
        if match[0] in "]}":
            if depth % DEPTH == 0 and len(layers) > 1:
                DECODER.decode("".join(layers.pop()))
                layers[-1].append("null")
            depth -= 1
    if len(layers) > 1:
        raise ValueError("a bracket is not closed")
    return "".join(layers[0]) + text[at:]


def details_of(line: bytes) -> dict:
    """What a record of the log about itself says; nothing, unless it is JSON."""
    try:
        details = DECODER.decode(flattened(line.decode("utf-8"))).get("details")
    except ValueError:
        return {}
    return details if isinstance(details, dict) else {}


class Segment(NamedTuple):
    file: Growing
    first: int


def list_segments(stream: Stream) -> list:
    found = [SEGMENT.fullmatch(name) for name in names_in(stream.folder)]
    return [Segment(growing(stream.path(m.string)), int(m[1])) for m in found if m]


class Chain:
    """Reads the records in order, up to the first one that does not hold: nothing behind it can be
    told from what somebody put there."""

    def __init__(self, stream: Stream, first_key: bytes | None) -> None:
        self.stream = stream
        self.claims = sorted(stream.claims)
        self.at = 0  # the claim that comes next, and its size
        self.next_claim = self.size_claimed()
        self.seq = 0  # of the record that comes next
        self.prev: bytes | None = None  # what that record must carry, None when it is not known
        if first_key is not None:
            self.prev = leaf_hash(stream.name.encode() + b"\n" + first_key).hex().encode()
        self.tree = Tree()
        self.proven = self.tree.copy()  # the tree when it met a claim last
        self.since = bytearray()  # the leaf hashes that came to it since
        self.mismatched: set = set()  # the sources with a claim that was not met
        self.exact: int | None = None  # the first record that was changed, if that can be told
        self.fault: tuple | None = None  # what ended the reading: arguments of `Report.add`
        self.is_gone = False  # whether that was a segment which vanished
        self.pruned = 0  # the records that are gone, and of which only leaf hashes are left
        self.pruned_recorded = 0
        self.surplus: dict = {}  # name of a segment: where in it the surplus begins, and its seq
        self.tail: tuple | None = None  # a last line without LF: file and offset
        self.check_claims()

    def read(self, segments: list) -> None:
        if segments and segments[0].first > 0:
            self.read_tiles(segments[0].first)
        for index, segment in enumerate(segments):
            name, is_last = segment.file.name, index + 1 == len(segments)
            if segment.first > self.seq and not self.fault:
                message = f"the records {self.seq} to {segment.first - 1} are not there"
                self.fault = ("segment-missing", message, self.seq, name)
            if not self.fault:
                self.read_segment(segment, None if is_last else segments[index + 1].first)

    def read_segment(self, segment: Segment, end: int | None) -> None:
        """Reads up to record `end`, where the next segment begins, or to the end of the file."""
        name, length, offset = segment.file.name, segment.file.length, 0
        file = open_regular(segment.file.path)
        if file is None and is_irregular(segment.file.path):
            self.fault = ("segment-missing", "this is no regular file", self.seq, name)
            return
        if file is None:
            message = "segments vanished faster than they could be read"
            self.fault, self.is_gone = ("segments-vanished", message, self.seq, name), True
            return
        with file:
            while offset < length and (end is None or self.seq < end) and not self.fault:
                line = file.readline(min(MAX_LINE + 2, length - offset))
                if line.endswith(b"\n") and len(line) <= MAX_LINE + 1:
                    self.take(line[:-1], name, offset)
                    offset += len(line)
                elif length - offset > MAX_TORN or skip_line(file, line, length - offset)[1]:
                    message = "no record: it is longer than a record may be"
                    self.fault = ("line-invalid", message, self.seq, name, offset)
                else:  # cut off by a crash, or not yet written to its end
                    self.tail = (name, offset) if end is None else None
                    break
        if end is not None and self.seq == end and offset < length:
            self.surplus[name] = (offset, end)

    def take(self, line: bytes, file: str, offset: int) -> None:
        record = parse_record(line, self.stream.name)
        if isinstance(record, str):
            self.fault = ("line-invalid", f"no record: {record}", self.seq, file, offset)
        elif record.seq != self.seq:
            # Of two records with the same number either one may be the false one.
            lowest = self.seq - 1 if record.seq == self.seq - 1 else self.seq
            message = f"record {record.seq} stands where record {self.seq} should be"
            self.fault = ("seq-wrong", message, lowest, file, offset)
        elif self.prev is not None and record.prev != self.prev:
            kind = "tile-mismatch" if self.seq == self.pruned != 0 else "prev-wrong"
            message = f"record {self.seq} does not continue the one before: one of them was changed"
            self.fault = (kind, message, max(self.seq - 1, 0), file, offset)
        else:
            self.grow(leaf_hash(line))
            if record.event == PRUNED or record.event in ABANDONED:
                self.note_event(record.event, details_of(line))
        if self.fault is not None:
            self.since += leaf_hash(line)  # which may be what was signed

    def grow(self, leaf: bytes) -> None:
        self.seq += 1
        self.prev = leaf.hex().encode()
        self.tree.append(leaf)
        self.since += leaf
        if self.next_claim == self.seq:
            self.check_claims()

    def note_event(self, event: bytes, details: dict) -> None:
        """The log's own word for what is missing from it. It counts because the chain holds it."""
        if event == PRUNED and isinstance(details.get("through"), float):
            self.pruned_recorded = max(self.pruned_recorded, details["through"] + 1)
        file = details.get("file")
        if event in ABANDONED and isinstance(file, str):
            if self.surplus.get(file, (None,))[0] == details.get("size"):
                self.surplus.pop(file, None)

    def check_claims(self) -> None:
        """Compares every claim of the size that the tree has now."""
        wrong = []
        while self.next_claim == self.tree.size:
            _, root, source = CLAIM.unpack(self.claims[self.at])
            if root != self.tree.root():
                wrong.append((root, source))
            self.at += 1
            self.next_claim = self.size_claimed()
        if wrong:
            self.mismatch(self.tree.size, wrong)
        if not self.mismatched:
            self.proven = self.tree.copy()
            self.since.clear()

    def size_claimed(self) -> int:
        return CLAIM.unpack(self.claims[self.at])[0] if self.at < len(self.claims) else -1

    def mismatch(self, size: int, wrong: list) -> None:
        """Signed roots that the records do not lead to. The first of each source tells it all."""
        if not self.mismatched:
            self.exact = self.locate(size, [root for root, _ in wrong])
        for source in sorted({source for _, source in wrong} - self.mismatched):
            self.mismatched.add(source)
            kind = "anchor-mismatch" if source == ANCHOR else "root-mismatch"
            if size <= self.pruned:
                kind = "tile-mismatch"
            seq = self.proven.size if self.exact is None else self.exact
            message = f"the records up to {size} are not those {SOURCES[source]} was signed for"
            self.stream.report.add(kind, message, seq)

    def locate(self, size: int, roots: list) -> int | None:
        """Tiles are no evidence. But when they lead to a root that was signed, they hold the leaf
        hashes that it was signed for, and tell which record is the first with another one."""
        tree, changed = self.proven.copy(), None
        for index in range(tree.size // 256, (size + 255) // 256):
            first = 256 * index
            hashes = read_tile(self.stream, index, min(256, size - first))
            if hashes is None:
                return None
            for seq in range(max(tree.size, first), first + len(hashes) // 32):
                leaf = hashes[32 * (seq - first) : 32 * (seq - first) + 32]
                tree.append(leaf)
                at = 32 * (seq - self.proven.size)
                if changed is None and self.since[at : at + 32] != leaf:
                    changed = seq
        return changed if tree.root() in roots else None

    def finish(self) -> None:
        """Tells of what is missing, once everything was read."""
        add = self.stream.report.add
        self.stream.report.records = self.seq
        rest = [CLAIM.unpack(claim) for claim in self.claims[self.at :]]
        if self.fault is not None:
            kind, message, seq, *place = self.fault
            roots = [root for size, root, _ in rest if size == rest[0][0]]
            exact = self.locate(rest[0][0], roots) if rest and not self.mismatched else None
            # The line that does not fit may be the one that was signed, and tiles tell no more then.
            add(kind, message, seq if exact is None or exact > self.seq else exact, *place)
            return  # records behind the fault may explain the rest
        if rest:
            size, _, source = rest[-1]
            left = counted(self.seq, "record")
            message = f"{left} left of {size} that {SOURCES[source]} was signed for"
            add("records-missing", message, self.seq)
        for file, (offset, seq) in self.surplus.items():
            message = "what follows the last record of this segment is explained by no later record"
            add("segment-surplus", message, seq, file, offset)
        if self.pruned_recorded < self.pruned:
            add("pruned-unrecorded", "no record says that the first records were pruned", 0)

    def read_tiles(self, first: int) -> None:
        """Pruned records are gone; their leaf hashes must be there, for the roots above them."""
        self.pruned = first
        for index in range((first + 255) // 256):
            hashes = read_tile(self.stream, index, min(256, first - 256 * index))
            if hashes is None:
                message = "there are no leaf hashes of pruned records"
                self.fault = ("tile-missing", message, 256 * index, tile_name(index))
                return
            for at in range(0, len(hashes), 32):
                self.grow(hashes[at : at + 32])


def skip_line(file: BinaryIO, line: bytes, limit: int) -> tuple:
    """Reads on to the end of a line that is too long, without keeping it.

    @returns the bytes that it took, and whether the line has an end
    """
    skipped = 0
    while not line.endswith(b"\n") and skipped < limit:
        line = file.readline(min(MAX_LINE, limit - skipped))
        if not line:
            break
        skipped += len(line)
    return skipped, line.endswith(b"\n")


def tile_name(index: int) -> str:
    """C2SP tlog-tiles: tile 1234067 of level 0 is tile/0/x001/x234/067."""
    parts = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        parts.insert(0, f"x{index % 1000:03}")
    return "/".join(["tile", "0", *parts])


def read_tile(stream: Stream, index: int, width: int) -> bytes | None:
    """The first leaf hashes of a tile: of the full one, or of a partial one that is wide enough."""
    path = stream.path(*tile_name(index).split("/"))
    partial = [int(name) for name in names_in(f"{path}.p") if re.fullmatch("[1-9][0-9]{0,2}", name)]
    for full in [256, *sorted(partial)]:
        raw = read_small(path if full == 256 else os.path.join(f"{path}.p", str(full)), 256 * 32)
        if raw is not None and len(raw) == 32 * full and full >= width:
            return raw[: 32 * width]
    return None


def judge_tail(
    stream: Stream, chain: Chain, checkpoint: Checkpoint | None, options: Options
) -> None:
    """Records that nobody has signed yet. A running log has some, for moments."""
    beyond = chain.seq - stream.report.signed
    if chain.fault or checkpoint is None or beyond < 0 or (beyond == 0 and chain.tail is None):
        return
    if options.as_of - checkpoint.time <= TAIL_SECONDS:
        return
    message = f"{counted(beyond, 'whole record')} not signed"
    stream.report.add("unsigned-tail", message, stream.report.signed, *(chain.tail or ()))


# 10. Exports -----------------------------------------------------------------------------------


def verify_export(stream: Stream, options: Options) -> None:
    """Single records with their proofs. Nothing here can show that none was left out."""
    add = stream.report.add
    if not options.may_be_export:
        message = "an export cannot prove that no record is missing; see --export"
        add("records-missing", message, file="records.jsonl", grade="incomplete")
    read_epochs(stream, growing(stream.path("epochs.notes")), read_first_key(stream))
    judge_checkpoint(stream, read_small(stream.path("checkpoint"), MAX_NOTE))
    stream.epochs.is_cut = True  # the log has gone on since, and so have its anchors
    every = read_anchors(stream, anchor_files(stream, options), options)
    report_anchors(stream, every, -math.inf)  # nothing is too old
    proofs = Proofs(stream)
    file = open_regular(stream.path("records.jsonl"))
    if file is None:
        add("records-missing", "this is no regular file", 0, "records.jsonl")
        return
    with file:
        for offset, line in export_lines(file):
            proofs.check(line, offset)
    proofs.finish()


def export_lines(file: BinaryIO) -> Iterator[tuple]:
    offset = 0
    while True:
        line = file.readline(MAX_LINE + 2)
        if not line:
            return
        yield offset, line
        if not line.endswith(b"\n"):  # too long for a record, or the end
            return
        offset += len(line)


class Proofs:
    """Checks the records of an export one after the other."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.anchored: dict = {}  # the roots of a size: more than one show more than one log
        for size, root, source in map(CLAIM.unpack, stream.claims):
            if source == ANCHOR:
                self.anchored.setdefault(size, set()).add(root)
        self.accepted: tuple = (b"", None, False)  # the last checkpoint: most lead to the same
        self.last: tuple | None = None  # the record before: seq, leaf hash, whether it is proven
        self.seen: set = set()
        self.proven = self.held = 0  # records, and those by a checkpoint that is kept elsewhere

    def check(self, line: bytes, offset: int) -> None:
        add, file = self.stream.report.add, "records.jsonl"
        expected = self.last[0] + 1 if self.last else 0
        record: Record | str = "it has no end, or is longer than a record may be"
        if line.endswith(b"\n") and len(line) <= MAX_LINE + 1:
            record = parse_record(line[:-1], self.stream.name)
        if isinstance(record, str):
            add("line-invalid", f"no record: {record}", expected, file, offset)
            return
        self.seen.add(record.seq)
        if record.seq < expected:
            message = f"record {record.seq} stands behind record {expected - 1}"
            add("seq-wrong", message, record.seq, file, offset)
            return
        leaf = leaf_hash(line[:-1])
        is_proven = self.check_proof(record.seq, leaf)
        # One that is not proven is bad by itself, and says nothing about its neighbour.
        are_proven = is_proven and self.last is not None and self.last[2]
        if are_proven and record.seq == expected and record.prev != self.last[1].hex().encode():
            add("prev-wrong", "it does not continue the one before", self.last[0], file, offset)
        self.last = (record.seq, leaf, is_proven)

    def check_proof(self, seq: int, leaf: bytes) -> bool:
        add, name = self.stream.report.add, f"proofs/{seq}.tlog-proof"
        raw = read_small(self.stream.path("proofs", f"{seq}.tlog-proof"), MAX_PROOF)
        if raw is None:
            add("checkpoint-missing", "there is no proof of this record", seq, name)
            return False
        try:
            index, hashes, note = parse_proof(raw)
            checkpoint, is_held = self.accept(note)
            if index != seq or root_of_proof(leaf, seq, checkpoint.size, hashes) != checkpoint.root:
                add("root-mismatch", "it does not lead from the record to its root", seq, name)
                return False
            self.proven, self.held = self.proven + 1, self.held + is_held
            return True
        except Rejected as rejected:
            kinds = {"gap": "epoch-gap", "signature": "checkpoint-signature"}
            add(kinds.get(rejected.why, "checkpoint-invalid"), str(rejected), seq, name)
            return False

    def accept(self, note: bytes) -> tuple:
        """The checkpoint of a proof, and whether it is kept elsewhere or a witness has signed it."""
        if self.accepted[0] != note:
            checkpoint, signers = accept(self.stream, note)
            if checkpoint.word == "reseed":
                raise Rejected("signature", "it is not signed by the key of its epoch")
            roots = self.anchored.get(checkpoint.size, set())
            if roots - {checkpoint.root}:
                raise Rejected("conflict", "another root of that size is anchored")
            is_held = bool(roots or witness_times(signers))
            self.accepted = (note, checkpoint, is_held)
        return self.accepted[1:]

    def finish(self) -> None:
        for name in names_in(self.stream.path("proofs")):
            match = re.fullmatch(r"(0|[1-9][0-9]{0,15})\.tlog-proof", name)
            seq = int(match[1]) if match else MAX_SIZE + 1
            if seq <= MAX_SIZE and seq not in self.seen:
                message = "there is a proof of this record, and no record"
                self.stream.report.add("records-missing", message, seq, f"proofs/{name}")
        report = self.stream.report
        report.records, report.signed, report.anchored = self.proven, self.proven, self.held
        if self.held < self.proven or self.proven == 0:
            others = counted(self.proven - self.held, "record")
            message = f"what proves {others} is not kept elsewhere"
            report.add("anchor-missing", message)


def parse_proof(raw: bytes) -> tuple:
    """C2SP tlog-proof: the index, the hashes from the leaf up, and the signed checkpoint."""
    if len(raw) > MAX_PROOF:
        raise Rejected("invalid", "it is larger than a proof may be")
    head, _, note = raw.partition(b"\n\n")
    lines = head.decode("utf-8", "replace").split("\n")
    if lines[0] != "c2sp.org/tlog-proof@v1":
        raise Rejected("invalid", "it is no proof of C2SP tlog-proof")
    at = 1
    if len(lines) > 1 and lines[1].startswith("extra "):
        at = 2 if base64_bytes(lines[1][6:]) else len(lines)
    index = re.fullmatch(r"index (0|[1-9][0-9]{0,15})", lines[at]) if at < len(lines) else None
    hashes = [key_bytes(line) for line in lines[at + 1 :]]
    if index is None or None in hashes or len(hashes) > 63:
        raise Rejected("invalid", "its index or its hashes are malformed")
    return int(index[1]), hashes, note


# 11. The verdict -------------------------------------------------------------------------------


def verify_log(stream: Stream, options: Options) -> None:
    # What vouches for the records is read first, and the records last, each up to the length that
    # it has when its turn comes. A log in use grows meanwhile and must not seem shorter than that.
    anchors = anchor_files(stream, options)
    raw = read_small(stream.path("checkpoint"), MAX_NOTE)
    statements = growing(stream.path("epochs.notes"))
    segments = list_segments(stream)

    first_key = read_first_key(stream)
    read_epochs(stream, statements, first_key)
    checkpoint = judge_checkpoint(stream, raw)
    judge_anchors(stream, read_anchors(stream, anchors, options), options)
    report = stream.report
    if checkpoint is not None and report.anchored > report.signed:
        message = f"it is older than an anchored one, of {counted(report.anchored, 'record')}"
        report.add("checkpoint-invalid", message, report.signed, "checkpoint")
    chain = read_chain(stream, first_key, segments)
    is_end = chain.seq == report.signed and chain.tail is None
    report.closed = is_end and checkpoint is not None and checkpoint.word == "closed"
    judge_tail(stream, chain, checkpoint, options)


def read_chain(stream: Stream, first_key: bytes | None, segments: list) -> Chain:
    """A log that is being pruned loses segments while they are read: then it is begun anew with
    those that are left."""
    for _ in range(PRUNINGS):
        chain = Chain(stream, first_key)
        chain.read(segments)
        if not chain.is_gone or chain.mismatched:
            break
        segments = list_segments(stream)
    chain.finish()
    return chain


def verify_stream(name: str, options: Options) -> Report:
    stream = Stream(name, options)
    if not stat.S_ISDIR(mode_of(stream.folder) or 0):
        stream.report.add("stream-missing", "this registered stream is not there", 0)
    elif options.is_export:
        verify_export(stream, options)
    else:
        verify_log(stream, options)
    return stream.report


def stream_names(options: Options) -> list:
    """The streams that are there, and those that should be: by the trust file, and by the identity
    keys in the log's own folder of keys, if it has one."""
    names = os.listdir(options.directory)
    there = {name for name in names if STREAM.fullmatch(name)}
    if options.is_export:  # which may leave streams out
        return sorted(there)
    keys = names_in(os.path.join(options.directory, "keys"))
    registered = {name[:-13] for name in keys if name.endswith(".identity.pem")}
    trusted = options.trust.streams if options.trust else {}
    every = there | {name for name in registered if STREAM.fullmatch(name)} | set(trusted)
    return sorted(every, key=lambda name: (int(name.split("-")[0]), name))


def summary(reports: list) -> dict:
    bad = [report.first_bad for report in reports if report.first_bad is not None]
    fields = "stream status records signed anchored anchors epochs closed problems".split()
    streams = []
    for report in reports:
        streams.append({field: getattr(report, field) for field in fields})
        if report.omitted:
            streams[-1]["omitted"] = report.omitted
    # A directory without any stream proves nothing, not even that there never was one.
    grades = {report.status for report in reports} if reports else {"incomplete"}
    return dict(status=worst(grades), firstBadSeq=min(bad) if bad else None, streams=streams)


def print_result(result: dict, as_json: bool) -> None:
    try:
        print(json.dumps(result)) if as_json else print_for_people(result)
        print(end="", flush=True)
    except OSError:
        # Python would try again when it ends, and end with a code of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise


def print_unknown(message: str, exit_code: int, arguments: list) -> int:
    """Whoever reads the verdict as JSON gets one in any case."""
    if "--json" in arguments:
        print(json.dumps(dict(status="unknown", message=message)))
    return exit_code


def print_for_people(result: dict) -> None:
    for each in result["streams"]:
        records, epochs = counted(each["records"], "record"), counted(each["epochs"], "ended epoch")
        counts = f"{records}, {each['signed']} signed, {each['anchored']} anchored, {epochs}"
        closed = ", closed" if each["closed"] else ""
        print(f"{each['stream']}: {each['status']} ({counts}{closed})")
        for problem in each["problems"]:
            place = "" if problem["seq"] is None else f" at record {problem['seq']}"
            if problem["file"] is not None:
                offset = "" if problem["offset"] is None else f", byte {problem['offset']}"
                place += f" ({shown(problem['file'])}{offset})"
            print(f"  {problem['grade']}: {problem['kind']}{place}: {problem['message']}")
        if "omitted" in each:
            print(f"  and {each['omitted']} more problems")
        print_stale(each)
    if not result["streams"]:
        print("there is no stream in this directory")
    first = result["firstBadSeq"]
    print(result["status"] + ("" if first is None else f"; the first bad record is {first}"))


def print_stale(each: dict) -> None:
    """An anchor that stopped working, while another one is fresh."""
    if any(problem["kind"] == "anchor-stale" for problem in each["problems"]):
        return
    for anchor in each["anchors"]:
        if anchor["isStale"]:
            time = anchor["time"] or "a time in the future"
            newest = f"{counted(anchor['size'], 'record')}, is of {time}"
            print(f"  note: {shown(anchor['file'])} is stale: its newest checkpoint, of {newest}")


def counted(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def shown(path: str) -> str:
    return path if path.isprintable() else ascii(path)


class Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:  # argparse would exit with 2, which means incomplete
        raise UsageError(message)


def parse_arguments(arguments: list) -> tuple:
    as_it_is = argparse.RawDescriptionHelpFormatter
    parser = Arguments(description=__doc__, formatter_class=as_it_is, allow_abbrev=False)
    parser.add_argument("directory")
    parser.add_argument("--trust")
    parser.add_argument("--anchor", action="append", default=[])
    parser.add_argument("--as-of", type=parse_date)
    parser.add_argument("--max-age", type=parse_seconds, default=600.0)
    parser.add_argument("--export", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    trust = None
    if given.trust is not None:
        trust = parse_trust(read_trust(given.trust))
    for folder in given.anchor:
        os.listdir(folder)  # a misspelt path must not pass for an anchor that holds nothing
    as_of = now() if given.as_of is None else given.as_of
    is_export = given.export or os.path.exists(os.path.join(given.directory, "export.json"))
    options = Options(
        given.directory, trust, given.anchor, as_of, given.max_age, is_export, given.export
    )
    return options, given.json


def read_trust(path: str) -> bytes:
    """The trust file; a link or a pipe to it, too, since it is the auditor's own."""
    try:
        with open(path, "rb") as file:
            return file.read(MAX_TRUST + 1)
    except OSError as error:
        raise UsageError(f"the trust file cannot be read ({error.strerror})")


def now() -> float:
    return datetime.now(timezone.utc).timestamp()


def parse_date(text: str) -> float:
    """A date, or a date and time; UTC unless an offset is given."""
    exact = re.sub(r"(\.[0-9]{1,6})?Z$", lambda m: (m[1] or ".0").ljust(7, "0") + "+00:00", text)
    moment = datetime.fromisoformat(exact)
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def parse_seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", text):
        raise ValueError(text)
    return float(text)


def main(arguments: list) -> int:
    try:
        options, as_json = parse_arguments(arguments)
        result = summary([verify_stream(name, options) for name in stream_names(options)])
        print_result(result, as_json)
    except UsageError as error:
        print(f"usage: {error}; see --help", file=sys.stderr)
        return print_unknown(str(error), 3, arguments)
    except OSError as error:
        what = "write the verdict" if error.filename is None else f"read {error.filename!a}"
        print(f"cannot {what}: {error.strerror}", file=sys.stderr)
        return print_unknown(f"cannot {what}: {error.strerror}", 4, arguments)
    return {"clean": 0, "tampered": 1, "incomplete": 2}[result["status"]]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
