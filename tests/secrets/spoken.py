# SPDX-License-Identifier: MIT
"""Conversations as capture files: raw IPv4 and TCP with right checksums."""

import struct

CLIENT, SERVER = ("192.0.2.1", 40000), ("198.51.100.1", 587)
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


class Capture:
    """Packets of one connection, written as they are said."""

    def __init__(self):
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
        network = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), 0, 0, 64, 6, 0) + \
            address(source[0]) + address(target[0])
        network = network[:10] + struct.pack("!H", checksum(network)) + network[12:]
        self.time += STEP
        if number:
            self.next[source] += len(payload)
        if not is_lost:
            self.packets.append((self.time, network + segment))

    def write(self, path):
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, LINKTYPE_RAW))
            for time, octets in self.packets:
                file.write(struct.pack("<IIII", time // 1_000_000, time % 1_000_000, len(octets),
                                       len(octets)) + octets)


def capture_of(text):
    """Of lines "C: EHLO c" and "S: 250 ok"; "C-" and "S-" were not captured. \\r\\n within a line
    makes several of one segment."""
    capture = Capture()
    for line in text.strip().splitlines():
        who, mark, said = line.strip()[0], line.strip()[1], line.strip()[3:]
        payload = said.encode().decode("unicode_escape").encode() + b"\r\n"
        capture.send(CLIENT if who == "C" else SERVER, PSH | ACK, payload, is_lost=mark == "-")
    capture.send(CLIENT, FIN | ACK)
    return capture
