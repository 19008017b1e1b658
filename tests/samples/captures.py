# SPDX-License-Identifier: MIT
"""Just enough of the pcap format to know of each frame when it was seen, and to make captures."""

import gzip
import struct

MICROSECONDS, NANOSECONDS = 0xA1B2C3D4, 0xA1B23C4D


def frame_times(path):
    """The times of a pcap file's frames as the report writes them, or None for other formats."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    for order in "<", ">":
        magic = struct.unpack(order + "I", data[:4])[0]
        if magic in (MICROSECONDS, NANOSECONDS):
            return [f"{seconds}.{fraction:09}" for seconds, fraction in
                    records(data, order, 1 if magic == NANOSECONDS else 1000)]
    return None


def records(data, order, scale):
    at = 24
    while at + 16 <= len(data):
        seconds, fraction, length = struct.unpack(order + "III", data[at:at + 12])
        at += 16 + length
        if at <= len(data):
            yield seconds, fraction * scale


def pcap(linktype, frames):
    """A capture of FRAMES, one every 10 ms."""
    out = struct.pack("<IHHiIII", MICROSECONDS, 2, 4, 0, 0, 65535, linktype)
    for number, frame in enumerate(frames):
        out += struct.pack("<IIII", 847101731, number * 10000, len(frame), len(frame)) + frame
    return out


def pcapng_block(kind, body):
    body += b"\0" * (-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def pcapng(linktype, frames):
    """The same as pcapng (its times in microseconds, as where no option says otherwise)."""
    out = pcapng_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += pcapng_block(1, struct.pack("<HHI", linktype, 0, 65535))
    for number, frame in enumerate(frames):
        time = 847101731 * 1000000 + number * 10000
        out += pcapng_block(6, struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF,
                                           len(frame), len(frame)) + frame)
    return out


def checksum(data):
    total = sum(struct.unpack(f">{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(source, target, protocol, payload):
    head = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0)
    head += bytes(source) + bytes(target)
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


LINKTYPE_RAW = 101
SYN, FIN, ACK = 2, 1, 16


class Connection:
    """Frames (raw IP) of one TCP connection, put down in the order in which they are said."""

    def __init__(self, client=(192, 0, 2, 10), server=(198, 51, 100, 25), ports=(40000, 25)):
        self.addresses, self.ports = (client, server), ports
        self.next = [1000, 5000]
        self.frames = []
        self.segment(0, SYN)
        self.segment(1, SYN | ACK)
        self.segment(0, ACK)

    def segment(self, side, flags, payload=b""):
        seq, ack = self.next[side], self.next[1 - side] if flags & ACK else 0
        source, target = self.addresses[side], self.addresses[1 - side]
        tcp = struct.pack(">HHIIBBHHH", self.ports[side], self.ports[1 - side], seq, ack, 5 << 4,
                          flags, 65535, 0, 0) + payload
        pseudo = bytes(source) + bytes(target) + struct.pack(">HH", 6, len(tcp))
        tcp = tcp[:16] + struct.pack(">H", checksum(pseudo + tcp)) + tcp[18:]
        self.frames.append(ipv4(source, target, 6, tcp))
        self.next[side] += len(payload) + (1 if flags & (SYN | FIN) else 0)

    def client(self, data):
        self.segment(0, ACK, data)
        self.segment(1, ACK)

    def server(self, data):
        self.segment(1, ACK, data)
        self.segment(0, ACK)

    def close(self):
        self.segment(0, FIN | ACK)
        self.segment(1, FIN | ACK)
        self.segment(0, ACK)


def frames_of(path):
    """The frames of a pcap file with nanoseconds: time in ns, and bytes."""
    with open(path, "rb") as file:
        data = file.read()
    at = 24
    while at + 16 <= len(data):
        seconds, nanoseconds, length = struct.unpack("<III", data[at:at + 12])
        yield seconds * 10**9 + nanoseconds, data[at + 16:at + 16 + length]
        at += 16 + length


def merged_pcapng(paths, units_per_second):
    """One pcapng with an interface for each of PATHS, whose times count in those units."""
    frames = sorted((time, interface, frame) for interface, path in enumerate(paths)
                    for time, frame in frames_of(path))
    out = pcapng_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    for units in units_per_second:
        digits = len(str(units)) - 1
        out += pcapng_block(1, struct.pack("<HHIHHBxxxHH", 1, 0, 262144, 9, 1, digits, 0, 0))
    for time, interface, frame in frames:
        stamp = time * units_per_second[interface] // 10**9
        out += pcapng_block(6, struct.pack("<IIIII", interface, stamp >> 32, stamp & 0xFFFFFFFF,
                                           len(frame), len(frame)) + frame)
    return out
