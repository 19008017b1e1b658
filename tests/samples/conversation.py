# SPDX-License-Identifier: MIT
"""Conversations as capture files: raw IPv4 and TCP with right checksums."""

import struct

CLIENT, SERVER = ("192.0.2.1", 40000), ("198.51.100.1", 587)
ROUTER = ("203.0.113.1", 0)
FIN, SYN, PSH, ACK = 1, 2, 8, 16
STEP = 40_000  # microseconds between packets
LINKTYPE_RAW = 101


def checksum(octets):
    total = sum(struct.unpack(f"!{(len(octets) + 1) // 2}H", octets + b"\0" * (len(octets) % 2)))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def address(text):
    return bytes(int(part) for part in text.split("."))


def datagram(source, target, protocol, payload, number, fragment):
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), number % 65536, fragment, 64,
                         protocol, 0) + address(source[0]) + address(target[0])
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


class Capture:
    """Packets of one connection, written as they are said; in fragments of so many bytes, a
    multiple of 8, where they are larger."""

    def __init__(self, fragment=65536):
        self.fragment = fragment
        self.packets = []
        self.time = 1_000_000_000_000_000
        self.next = {CLIENT: 1000, SERVER: 9000}
        self.send(CLIENT, SYN, number=False)
        self.next[CLIENT] += 1
        self.send(SERVER, SYN | ACK, number=False)
        self.next[SERVER] += 1
        self.send(CLIENT, ACK)

    def send(self, source, flags, payload=b"", number=True, is_lost=False):
        target = SERVER if source == CLIENT else CLIENT
        ack = self.next[target] if flags & ACK else 0
        header = struct.pack("!HHIIBBHHH", source[1], target[1], self.next[source], ack, 5 << 4,
                             flags, 65000, 0, 0)
        pseudo = address(source[0]) + address(target[0]) + \
            struct.pack("!HH", 6, len(header) + len(payload))
        total = checksum(pseudo + header + payload)
        segment = header[:16] + struct.pack("!H", total) + header[18:] + payload
        self.time += STEP
        if number:
            self.next[source] += len(payload)
        if is_lost:
            return
        for at in range(0, len(segment), self.fragment):
            part = segment[at:at + self.fragment]
            more = at + len(part) < len(segment)
            self.packets.append((self.time, datagram(source, target, 6, part, self.time // STEP,
                                                     more << 13 | at // 8)))

    def refuse(self):
        """A router between them does not pass the newest packet on (RFC 792): it quotes it."""
        quoted = self.packets[-1][1]
        message = struct.pack("!BBHHH", 3, 4, 0, 0, 1400) + quoted
        message = message[:2] + struct.pack("!H", checksum(message)) + message[4:]
        self.time += STEP
        self.packets.append((self.time, datagram(ROUTER, CLIENT, 1, message, 0, 0)))

    def write(self, path):
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, LINKTYPE_RAW))
            for time, octets in self.packets:
                file.write(struct.pack("<IIII", time // 1_000_000, time % 1_000_000, len(octets),
                                       len(octets)) + octets)


def capture_of(text, fragment=65536):
    """Of lines "C: EHLO c" and "S: 250 ok"; "C-" and "S-" were not captured; "R:" is a router that
    refuses what was said last. \\r\\n within a line makes several of one segment."""
    capture = Capture(fragment)
    for line in filter(str.strip, text.splitlines()):
        who, mark, said = line.strip()[0], line.strip()[1], line.strip()[3:]
        if who == "R":
            capture.refuse()
            continue
        payload = said.encode().decode("unicode_escape").encode() + b"\r\n"
        capture.send(CLIENT if who == "C" else SERVER, PSH | ACK, payload, is_lost=mark == "-")
    capture.send(CLIENT, FIN | ACK)
    return capture
