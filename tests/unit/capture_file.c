/* SPDX-License-Identifier: MIT */
#include "capture_file.h"

#include "hex.h"

#include <assert.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>

static bool is_big(const struct capture *capture)
{
	return capture->format == CAPTURE_MICRO_BIG || capture->format == CAPTURE_NANO_BIG ||
	       capture->format == CAPTURE_PCAPNG_BIG;
}

static bool is_pcapng(const struct capture *capture)
{
	return capture->format == CAPTURE_PCAPNG || capture->format == CAPTURE_PCAPNG_BIG;
}

static void add_bytes(struct capture *capture, const void *bytes, size_t n)
{
	assert(capture->n + n <= CAPTURE_MAX);
	memcpy(capture->bytes + capture->n, bytes, n);
	capture->n += n;
}

static void add_number(struct capture *capture, uint64_t value, unsigned width)
{
	for (unsigned i = 0; i < width; i++) {
		unsigned shift = 8 * (is_big(capture) ? width - 1 - i : i);
		uint8_t byte = (uint8_t)(value >> shift);
		add_bytes(capture, &byte, 1);
	}
}

static void add_u16(struct capture *capture, uint16_t value)
{
	add_number(capture, value, 2);
}

static void add_u32(struct capture *capture, uint32_t value)
{
	add_number(capture, value, 4);
}

void capture_add_section(struct capture *capture)
{
	add_u32(capture, 0x0a0d0d0a);
	add_u32(capture, 28);
	add_u32(capture, 0x1a2b3c4d);
	add_u16(capture, 1);
	add_u16(capture, 0);
	add_number(capture, UINT64_MAX, 8);
	add_u32(capture, 28);
}

static void add_pcap_header(struct capture *capture, uint16_t link)
{
	bool is_nano = capture->format == CAPTURE_NANO || capture->format == CAPTURE_NANO_BIG;

	add_u32(capture, is_nano ? 0xa1b23c4d : 0xa1b2c3d4);
	add_u16(capture, 2);
	add_u16(capture, 4);
	add_u32(capture, 0);
	add_u32(capture, 0);
	add_u32(capture, 65535);
	add_u32(capture, link);
}

struct capture *capture_new(enum capture_format format, uint16_t link)
{
	struct capture *capture = malloc(sizeof *capture);

	assert_non_null(capture);
	capture->format = format;
	capture->n = 0;
	if (is_pcapng(capture)) {
		capture_add_section(capture);
		capture_add_interface(capture, link, 9);
	} else {
		add_pcap_header(capture, link);
	}
	return capture;
}

void capture_add_interface(struct capture *capture, uint16_t link, uint8_t resolution)
{
	const uint8_t value[4] = {resolution};

	add_u32(capture, 1);
	add_u32(capture, 32);
	add_u16(capture, link);
	add_u16(capture, 0);
	add_u32(capture, 65535);
	add_u16(capture, 9); /* if_tsresol */
	add_u16(capture, 1);
	add_bytes(capture, value, sizeof value);
	add_u32(capture, 0); /* opt_endofopt */
	add_u32(capture, 32);
}

void capture_add_block(struct capture *capture, uint32_t type, const char *digits)
{
	struct hex body = {.n = 0};

	hex_add(&body, digits);
	uint32_t padding = -(uint32_t)body.n & 3;
	uint32_t len = 12 + (uint32_t)body.n + padding;
	add_u32(capture, type);
	add_u32(capture, len);
	add_bytes(capture, body.bytes, body.n);
	add_bytes(capture, "\0\0\0", padding);
	add_u32(capture, len);
}

void capture_add_from(struct capture *capture, uint32_t id, uint64_t time, const char *text)
{
	uint32_t len = (uint32_t)strlen(text);
	uint32_t padding = -len & 3;

	add_u32(capture, 6);
	add_u32(capture, 32 + len + padding);
	add_u32(capture, id);
	add_u32(capture, (uint32_t)(time >> 32));
	add_u32(capture, (uint32_t)time);
	add_u32(capture, len);
	add_u32(capture, len);
	add_bytes(capture, text, len);
	add_bytes(capture, "\0\0\0", padding);
	add_u32(capture, 32 + len + padding);
}

void capture_add(struct capture *capture, int64_t time_ns, const char *text)
{
	uint32_t len = (uint32_t)strlen(text);
	bool is_micro = capture->format == CAPTURE_MICRO || capture->format == CAPTURE_MICRO_BIG;

	if (is_pcapng(capture)) {
		capture_add_from(capture, 0, (uint64_t)time_ns, text);
		return;
	}
	add_u32(capture, (uint32_t)(time_ns / NS_PER_SECOND));
	add_u32(capture, (uint32_t)(time_ns % NS_PER_SECOND / (is_micro ? 1000 : 1)));
	add_u32(capture, len);
	add_u32(capture, len);
	add_bytes(capture, text, len);
}

struct span capture_span(const struct capture *capture)
{
	return (struct span){capture->bytes, capture->n};
}

static size_t pack_gzip(struct span bytes, uint8_t *out)
{
	z_stream z = {.next_out = out, .avail_out = CAPTURE_MAX};

	assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)bytes.p;
	z.avail_in = (uInt)bytes.n;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	deflateEnd(&z);
	return CAPTURE_MAX - z.avail_out;
}

size_t capture_pack(struct span bytes, enum capture_packing packing, uint8_t *out)
{
	switch (packing) {
	case PACK_NOT:
		break;
	case PACK_GZIP:
		return pack_gzip(bytes, out);
	case PACK_ZSTD:
		return ZSTD_compress(out, CAPTURE_MAX, bytes.p, bytes.n, 3);
	}
	memcpy(out, bytes.p, bytes.n);
	return bytes.n;
}

void capture_write(struct span bytes, char path[static CAPTURE_PATH])
{
	(void)snprintf(path, CAPTURE_PATH, "/tmp/smtpscope-test-XXXXXX");
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
	close(fd);
}

struct packet expect_packet(struct source *source, const char *text)
{
	struct packet packet;
	struct fault fault = {.kind = FAULT_NONE};
	enum source_state state = source_next(source, &packet, &fault);

	if (state == SOURCE_WARNING)
		fail_msg("%s", fault.text);
	assert_int_equal(state, SOURCE_PACKET);
	assert_int_equal(packet.bytes.n, strlen(text));
	assert_memory_equal(packet.bytes.p, text, strlen(text));
	return packet;
}

void expect_state(struct source *source, enum source_state state)
{
	struct packet packet;
	struct fault fault = {.kind = FAULT_NONE};

	assert_int_equal(source_next(source, &packet, &fault), state);
}

void expect_warning(struct source *source, enum fault_kind kind, const char *part)
{
	struct packet packet;
	struct fault fault = {.kind = FAULT_NONE};

	assert_int_equal(source_next(source, &packet, &fault), SOURCE_WARNING);
	assert_int_equal(fault.kind, kind);
	if (!strstr(fault.text, part))
		fail_msg("\"%s\" does not hold \"%s\"", fault.text, part);
}

void capture_add_pipe(struct source *source, struct span bytes)
{
	char path[32];
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_true(fcntl(ends[1], F_SETPIPE_SZ, CAPTURE_MAX) >= 0);
	assert_int_equal(write(ends[1], bytes.p, bytes.n), bytes.n);
	close(ends[1]);
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
	assert_true(source_add_file(source, path, NULL));
	close(ends[0]);
}
