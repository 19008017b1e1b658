/* SPDX-License-Identifier: MIT */
#include "craft.h"

#include <libnet.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "arena.h"

#define ERROR_MAX 256

struct craft {
	libnet_t *builder;
	libnet_t *device;
	uint8_t *frame;
	char error[ERROR_MAX];
};

static void copy_error(char *error, size_t size, const char *what, const char *reason)
{
	int n = snprintf(error, size, "%s: %s", what, reason);

	/* libnet 1.1.6 ends its messages with a newline */
	if (n > 0 && (size_t)n < size && error[n - 1] == '\n')
		error[n - 1] = '\0';
}

struct craft *craft_new(char *error, size_t error_size)
{
	struct craft *craft = forge_resize(NULL, sizeof(*craft));
	char reason[LIBNET_ERRBUF_SIZE] = "";

	*craft = (struct craft){0};
	craft->builder = libnet_init(LIBNET_NONE, NULL, reason);
	if (craft->builder)
		return craft;
	copy_error(error, error_size, "libnet", reason);
	free(craft);
	return NULL;
}

static void free_frame(struct craft *craft)
{
	if (craft->frame)
		libnet_adv_free_packet(craft->builder, craft->frame);
	craft->frame = NULL;
}

void craft_free(struct craft *craft)
{
	if (!craft)
		return;
	free_frame(craft);
	libnet_destroy(craft->builder);
	if (craft->device)
		libnet_destroy(craft->device);
	free(craft);
}

const char *craft_error(const struct craft *craft)
{
	return craft->error;
}

static bool fail(struct craft *craft)
{
	copy_error(craft->error, sizeof(craft->error), "libnet", libnet_geterror(craft->builder));
	libnet_clear_packet(craft->builder);
	return false;
}

static bool build_tcp(struct craft *craft, const struct craft_packet *packet, uint16_t tcp_len)
{
	libnet_t *builder = craft->builder;

	if (packet->options_len &&
	    libnet_build_tcp_options(packet->options, (uint32_t)packet->options_len, builder, 0) <
		    0)
		return false;
	return libnet_build_tcp(packet->port_from, packet->port_to, packet->seq, packet->ack,
				packet->flags, packet->window, 0, 0, tcp_len, packet->payload,
				(uint32_t)packet->payload_len, builder, 0) >= 0;
}

static bool build_ip(struct craft *craft, const struct craft_packet *packet, uint16_t len)
{
	libnet_t *builder = craft->builder;
	uint8_t protocol = packet->protocol ? packet->protocol : IPPROTO_TCP;
	const uint8_t *payload = packet->protocol ? packet->payload : NULL;
	uint32_t payload_len = packet->protocol ? len : 0;

	if (packet->from.is_v6) {
		struct libnet_in6_addr from, to;

		memcpy(&from, packet->from.bytes, 16);
		memcpy(&to, packet->to.bytes, 16);
		return libnet_build_ipv6(0, 0, len, protocol, packet->ttl, from, to, payload,
					 payload_len, builder, 0) >= 0;
	} else {
		uint32_t from, to;

		memcpy(&from, packet->from.bytes, 4);
		memcpy(&to, packet->to.bytes, 4);
		return libnet_build_ipv4((uint16_t)(LIBNET_IPV4_H + len), 0, packet->ip_id,
					 IP_DF, packet->ttl, protocol, 0, from, to, payload,
					 payload_len, builder, 0) >= 0;
	}
}

static bool build_link(struct craft *craft, const struct craft_packet *packet)
{
	uint16_t type = packet->from.is_v6 ? ETHERTYPE_IPV6 : ETHERTYPE_IP;

	if (packet->has_vlan)
		return libnet_build_802_1q(packet->mac_to, packet->mac_from, ETHERTYPE_VLAN, 0, 0,
					   packet->vlan, type, NULL, 0, craft->builder, 0) >= 0;
	return libnet_build_ethernet(packet->mac_to, packet->mac_from, type, NULL, 0,
				     craft->builder, 0) >= 0;
}

bool craft_build(struct craft *craft, const struct craft_packet *packet, const uint8_t **frame,
		 size_t *len)
{
	uint32_t built = 0;
	uint16_t ip_len;

	if (packet->payload_len > CRAFT_PAYLOAD_MAX) {
		copy_error(craft->error, sizeof(craft->error), "craft", "the payload is too long");
		return false;
	}
	ip_len = (uint16_t)(packet->payload_len +
			    (packet->protocol ? 0 : LIBNET_TCP_H + packet->options_len));
	free_frame(craft);
	if ((!packet->protocol && !build_tcp(craft, packet, ip_len)) ||
	    !build_ip(craft, packet, ip_len) || !build_link(craft, packet))
		return fail(craft);
	if (libnet_pblock_coalesce(craft->builder, &craft->frame, &built) < 0)
		return fail(craft);
	libnet_clear_packet(craft->builder);
	*frame = craft->frame;
	*len = built;
	return true;
}

/* Only interfaces that lead nowhere: loopback by its flag, the others by their driver's name. */
static bool is_harmless(const char *device, char *kind, size_t kind_size)
{
	struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};
	struct ifreq request = {0};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool is_loopback, has_driver;

	snprintf(kind, kind_size, "unknown");
	if (fd < 0)
		return false;
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", device);
	is_loopback = ioctl(fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_LOOPBACK);
	request.ifr_data = (char *)&info;
	has_driver = !is_loopback && ioctl(fd, SIOCETHTOOL, &request) == 0;
	close(fd);
	if (has_driver)
		snprintf(kind, kind_size, "%s", info.driver);
	return is_loopback || strcmp(kind, "veth") == 0 || strcmp(kind, "dummy") == 0 ||
	       strcmp(kind, "tun") == 0;
}

bool craft_open_device(struct craft *craft, const char *device, char *error, size_t error_size)
{
	char reason[LIBNET_ERRBUF_SIZE] = "", kind[64];

	if (strlen(device) >= IFNAMSIZ || if_nametoindex(device) == 0) {
		copy_error(error, error_size, device, "no such interface");
		return false;
	}
	if (!is_harmless(device, kind, sizeof(kind))) {
		snprintf(error, error_size,
			 "%s: refused: frames go only to loopback, veth, dummy, tun or tap, and "
			 "this one is %s",
			 device, kind);
		return false;
	}
	craft->device = libnet_init(LIBNET_LINK_ADV, device, reason);
	if (craft->device)
		return true;
	copy_error(error, error_size, device, reason);
	return false;
}

bool craft_send(struct craft *craft, const uint8_t *frame, size_t len)
{
	if (libnet_adv_write_link(craft->device, frame, (uint32_t)len) == (int)len)
		return true;
	copy_error(craft->error, sizeof(craft->error), "sending", libnet_geterror(craft->device));
	return false;
}
