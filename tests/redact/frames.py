# SPDX-License-Identifier: MIT
"""Captures made and read by hand: Ethernet, IPv4 and TCP, pcap and pcapng."""

import struct

CLIENT, SERVER = "192.0.2.1", "198.51.100.1"


def checksum(data):
    """RFC 1071."""
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def address(text):
    return bytes(int(part) for part in text.split("."))


def tcp_sum(source, destination, segment):
    return checksum(source + destination + struct.pack("!BBH", 0, 6, len(segment)) + segment)


def ip_packets(source, destination, payload, number, fragment=0):
    """One packet, or fragments of FRAGMENT bytes."""
    size = fragment or len(payload) or 1
    for at in range(0, len(payload) or 1, size):
        part = payload[at:at + size]
        more = 0x2000 if at + size < len(payload) else 0
        header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(part), number, more | at // 8, 64, 6,
                             0) + source + destination
        yield header[:10] + struct.pack("!H", checksum(header)) + header[12:] + part


class Talk:
    """A connection, as the frames of a capture: (seconds, frame)."""

    def __init__(self, port=40000, start=1000.0):
        self.frames = []
        self.ports = {"C": port, "S": 25}
        self.seq = {"C": 7000, "S": 90000}
        self.now = start
        self.number = 1
        self.send("C", b"", flags=0x02)
        self.send("S", b"", flags=0x12)
        self.send("C", b"")

    def send(self, who, data, flags=0x18, seq=None, fragment=0):
        other = "S" if who == "C" else "C"
        ends = {"C": address(CLIENT), "S": address(SERVER)}
        is_new = seq is None
        seq = self.seq[who] if is_new else seq
        ack = self.seq[other] if flags & 0x10 else 0
        header = struct.pack("!HHIIBBHHH", self.ports[who], self.ports[other], seq, ack, 0x50,
                             flags, 65535, 0, 0)
        total = tcp_sum(ends[who], ends[other], header + data)
        segment = header[:16] + struct.pack("!H", total) + header[18:] + data
        for packet in ip_packets(ends[who], ends[other], segment, self.number, fragment):
            frame = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0" + packet
            self.frames.append((self.now, frame + b"\0" * (60 - len(frame))))
            self.now += 0.01
        self.number += 1
        if is_new:
            self.seq[who] += len(data) + (1 if flags & 0x03 else 0)

    def say(self, who, text, **how):
        self.send(who, text.encode(), **how)

    def close(self):
        for who in "CSC":
            self.send(who, b"", flags=0x10 if who == "C" and self.seq["C"] < 0 else 0x11)

    def wait(self, seconds):
        self.now += seconds


def pcap(frames, nanoseconds=False):
    """FRAMES as a file; a third element is a frame's length on the wire, where it was cut."""
    magic, unit = (0xa1b23c4d, 1e9) if nanoseconds else (0xa1b2c3d4, 1e6)
    out = struct.pack("<IHHIIII", magic, 2, 4, 0, 0, 262144, 1)
    for time, frame, *wire in frames:
        out += struct.pack("<IIII", int(time), int(round(time % 1 * unit)), len(frame),
                           wire[0] if wire else len(frame))
        out += frame
    return out


def read_pcap(data):
    """The frames of a little-endian pcap file: (seconds, captured bytes, length)."""
    magic = struct.unpack("<I", data[:4])[0]
    assert magic == 0xa1b2c3d4, hex(magic)
    at, frames = 24, []
    while at < len(data):
        seconds, part, captured, length = struct.unpack("<IIII", data[at:at + 16])
        frames.append((seconds + part / 1e6, data[at + 16:at + 16 + captured], length))
        at += 16 + captured
    return frames


def read_pcapng(data):
    """The interfaces' descriptions, and the frames: (interface, nanoseconds, bytes, length)."""
    at, names, frames = 0, [], []
    while at < len(data):
        kind, length = struct.unpack("<II", data[at:at + 8])
        body = data[at + 8:at + length - 4]
        assert struct.unpack("<I", data[at + length - 4:at + length])[0] == length
        if kind == 1:
            name_len = struct.unpack("<H", body[10:12])[0]
            names.append(body[12:12 + name_len].decode())
        elif kind == 6:
            interface, high, low, captured, wire = struct.unpack("<IIIII", body[:20])
            frames.append((interface, high << 32 | low, body[20:20 + captured], wire))
        at += length
    return names, frames


def bad_tcp_sums(frames):
    """The numbers of whole IPv4 frames whose TCP checksum is wrong."""
    bad = []
    for i, (_, frame, length) in enumerate(frames):
        packet = frame[14:]
        total = struct.unpack("!H", packet[2:4])[0]
        is_fragment = struct.unpack("!H", packet[6:8])[0] & 0x3fff
        if len(frame) == length and not is_fragment and \
                tcp_sum(packet[12:16], packet[16:20], packet[20:total]) not in (0, 0xffff):
            bad.append(i + 1)
    return bad
