/* SPDX-License-Identifier: MIT */
#include "tls.h"

#include <stdlib.h>
#include <string.h>

#define RECORD_HANDSHAKE 22
#define RECORD_APPLICATION_DATA 23
#define HANDSHAKE_CLIENT_HELLO 1
#define HANDSHAKE_SERVER_HELLO 2
#define PLAINTEXT_MAX 16384
#define SEAL_LEN_13 17 /* the inner content type and an AEAD tag */
#define SEAL_LEN_12 24 /* an explicit nonce and an AEAD tag */
#define FINISHED_LEN_12 40

static void add_u8(struct buffer *out, size_t value)
{
	uint8_t byte = (uint8_t)value;

	buffer_add(out, &byte, 1);
}

static void add_u16(struct buffer *out, size_t value)
{
	add_u8(out, value >> 8 & 0xff);
	add_u8(out, value & 0xff);
}

static void add_noise(struct random *random, size_t n, struct buffer *out)
{
	for (; n; n--)
		add_u8(out, random_next(random) & 0xff);
}

static void add_record(struct buffer *out, unsigned type, unsigned version,
		       const struct buffer *content)
{
	add_u8(out, type);
	add_u16(out, version);
	add_u16(out, content->len);
	buffer_add(out, content->bytes, content->len);
}

/* A handshake message around `body`, in a record; frees `body`. */
static void add_hello(struct buffer *out, unsigned type, unsigned version, struct buffer *body)
{
	struct buffer content = {0};

	add_u8(&content, type);
	add_u8(&content, 0);
	add_u16(&content, body->len);
	buffer_add(&content, body->bytes, body->len);
	add_record(out, RECORD_HANDSHAKE, version, &content);
	free(content.bytes);
	free(body->bytes);
}

static void add_server_name(struct buffer *out, const char *name)
{
	size_t n = strlen(name);

	add_u16(out, 0);
	add_u16(out, n + 5);
	add_u16(out, n + 3);
	add_u8(out, 0);
	add_u16(out, n);
	buffer_add(out, name, n);
}

static void client_hello(struct random *random, enum tls_version version,
			 const char *server_name, struct buffer *out)
{
	static const uint8_t suites[] = {0, 8, 0x13, 1, 0x13, 2, 0x13, 3, 0xc0, 0x2f, 1, 0};
	static const uint8_t groups[] = {0, 10, 0, 4, 0, 2, 0, 29};
	static const uint8_t algorithms[] = {0, 13, 0, 6, 0, 4, 4, 3, 8, 4};
	static const uint8_t versions[] = {0, 43, 0, 3, 2, 3, 4};
	static const uint8_t share[] = {0, 51, 0, 38, 0, 36, 0, 29, 0, 32};
	struct buffer body = {0}, extensions = {0};

	add_server_name(&extensions, server_name);
	buffer_add(&extensions, groups, sizeof(groups));
	buffer_add(&extensions, algorithms, sizeof(algorithms));
	if (version == TLS_1_3) {
		buffer_add(&extensions, versions, sizeof(versions));
		buffer_add(&extensions, share, sizeof(share));
		add_noise(random, 32, &extensions);
	}
	add_u16(&body, 0x0303);
	add_noise(random, 32, &body);
	add_u8(&body, 32);
	add_noise(random, 32, &body);
	buffer_add(&body, suites, sizeof(suites));
	add_u16(&body, extensions.len);
	buffer_add(&body, extensions.bytes, extensions.len);
	free(extensions.bytes);
	add_hello(out, HANDSHAKE_CLIENT_HELLO, 0x0301, &body);
}

static void add_change_cipher_spec(struct buffer *out)
{
	static const uint8_t record[] = {20, 3, 3, 0, 1, 1};

	buffer_add(out, record, sizeof(record));
}

/* ServerHello to Finished. */
static void server_flight_13(struct random *random, struct buffer *out)
{
	static const uint8_t choice[] = {0x13, 1, 0,  0, 46, 0, 43, 0, 2, 3,
					 4,    0, 51, 0, 36, 0, 29, 0, 32};
	struct buffer body = {0};

	add_u16(&body, 0x0303);
	add_noise(random, 32, &body);
	add_u8(&body, 32);
	add_noise(random, 32, &body);
	buffer_add(&body, choice, sizeof(choice));
	add_noise(random, 32, &body);
	add_hello(out, HANDSHAKE_SERVER_HELLO, 0x0303, &body);
	add_change_cipher_spec(out);
	tls_seal(random, TLS_1_3, 6, out);    /* EncryptedExtensions */
	tls_seal(random, TLS_1_3, 2390, out); /* Certificate */
	tls_seal(random, TLS_1_3, 264, out);  /* CertificateVerify */
	tls_seal(random, TLS_1_3, 36, out);   /* Finished */
}

/* A handshake message of `n` bytes of noise. */
static void add_handshake(struct random *random, unsigned type, size_t n, struct buffer *out)
{
	struct buffer body = {0};

	add_noise(random, n, &body);
	add_hello(out, type, 0x0303, &body);
}

/* What follows a change cipher spec of TLS 1.2: Finished, encrypted. */
static void finish_12(struct random *random, struct buffer *out)
{
	struct buffer content = {0};

	add_change_cipher_spec(out);
	add_noise(random, FINISHED_LEN_12, &content);
	add_record(out, RECORD_HANDSHAKE, 0x0303, &content);
	free(content.bytes);
}

/* ServerHello to ServerHelloDone. */
static void server_flight_12(struct random *random, struct buffer *out)
{
	static const uint8_t choice[] = {0xc0, 0x2f, 0, 0, 5, 0xff, 1, 0, 1, 0};
	struct buffer body = {0};

	add_u16(&body, 0x0303);
	add_noise(random, 32, &body);
	add_u8(&body, 32);
	add_noise(random, 32, &body);
	buffer_add(&body, choice, sizeof(choice));
	add_hello(out, HANDSHAKE_SERVER_HELLO, 0x0303, &body);
	add_handshake(random, 11, 2390, out); /* Certificate */
	add_handshake(random, 12, 296, out);  /* ServerKeyExchange */
	add_handshake(random, 14, 0, out);    /* ServerHelloDone */
}

void tls_flight(struct random *random, enum tls_version version, unsigned flight,
		const char *server_name, struct buffer *out)
{
	if (flight == 0) {
		client_hello(random, version, server_name, out);
	} else if (version == TLS_1_3 && flight == 1) {
		server_flight_13(random, out);
	} else if (version == TLS_1_3 && flight == 2) {
		add_change_cipher_spec(out);
		tls_seal(random, TLS_1_3, 36, out); /* Finished */
	} else if (version == TLS_1_2 && flight == 1) {
		server_flight_12(random, out);
	} else if (version == TLS_1_2) {
		if (flight == 2)
			add_handshake(random, 16, 66, out); /* ClientKeyExchange */
		finish_12(random, out);
	}
}

void tls_seal(struct random *random, enum tls_version version, size_t n, struct buffer *out)
{
	while (n) {
		struct buffer content = {0};
		size_t part = n < PLAINTEXT_MAX ? n : PLAINTEXT_MAX;

		add_noise(random, part + (version == TLS_1_3 ? SEAL_LEN_13 : SEAL_LEN_12),
			  &content);
		add_record(out, RECORD_APPLICATION_DATA, 0x0303, &content);
		free(content.bytes);
		n -= part;
	}
}
