/* SPDX-License-Identifier: MIT */
/*
 * Interfaces. Each test that captures does so in a network namespace of its own, on its loopback
 * interface; where the system allows no such namespace it is skipped.
 */
#include "source.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pcap/dlt.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define NOT_ALLOWED 77
#define WAIT_MS 2000
#define QUIET_MS 200 /* some of libpcap's blocks of 50 ms */
#define NOBODY 65534

static bool set_up_loopback(void)
{
	struct ifreq request = {.ifr_name = "lo"};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	request.ifr_flags = IFF_UP | IFF_RUNNING;
	bool is_up = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
	close(fd);
	return is_up;
}

/* A connection that nobody accepts: a SYN and a RST. */
static void knock(uint16_t port)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	union {
		struct sockaddr any;
		struct sockaddr_in in;
	} address = {.in = {.sin_family = AF_INET, .sin_port = htons(port)}};

	address.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	(void)connect(fd, &address.any, sizeof address.in);
	close(fd);
}

/* Packets that come until it has been quiet for TIMEOUT_MS, or until there are LIMIT. */
static unsigned count_packets(struct source *source, unsigned limit, int timeout_ms)
{
	struct packet packet;
	struct fault fault;
	unsigned n = 0;

	while (n < limit) {
		enum source_state state = source_next(source, &packet, &fault);
		struct pollfd fds[1];
		if (state == SOURCE_PACKET)
			n++;
		else if (state != SOURCE_WAIT || source_poll(source, fds, 1) != 1 ||
			 poll(fds, 1, timeout_ms) == 0)
			break;
	}
	return n;
}

/* Runs CHECK, which returns 0 for success, as the root of an empty network. */
static void run_in_namespace(int (*check)(void))
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0 || !set_up_loopback())
			_exit(NOT_ALLOWED);
		_exit(check());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NOT_ALLOWED)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int capture_by_default_filter(void)
{
	struct source *source = source_new(NULL);
	struct fault fault;

	if (!source_add_interface(source, "lo", NULL, &fault))
		return 1;
	const struct source_input *input = source_input(source, 0);
	if (!input->is_live || input->link != DLT_EN10MB)
		return 2;
	knock(80);
	knock(25);
	if (count_packets(source, 2, WAIT_MS) != 2)
		return 3;
	if (count_packets(source, 1, QUIET_MS) != 0)
		return 4;
	source_free(source);
	return 0;
}

static void test_source_live_captures_mail_ports_by_default(void **state)
{
	(void)state;
	run_in_namespace(capture_by_default_filter);
}

static int capture_by_own_filter(void)
{
	struct source *source = source_new(NULL);
	struct fault fault;

	if (!source_add_interface(source, "lo", "tcp port 80", &fault))
		return 1;
	knock(25);
	knock(80);
	if (count_packets(source, 2, WAIT_MS) != 2 || count_packets(source, 1, QUIET_MS) != 0)
		return 2;
	source_free(source);
	return 0;
}

static void test_source_live_captures_by_the_filter_that_is_given(void **state)
{
	(void)state;
	run_in_namespace(capture_by_own_filter);
}

static int capture_on_any(void)
{
	struct source *source = source_new(NULL);
	struct fault fault;

	if (!source_add_interface(source, "any", NULL, &fault))
		return 1;
	if (source_input(source, 0)->link != DLT_LINUX_SLL2)
		return 2;
	knock(25);
	if (count_packets(source, 2, WAIT_MS) != 2)
		return 3;
	source_free(source);
	return 0;
}

static void test_source_live_captures_on_all_interfaces_at_once(void **state)
{
	(void)state;
	run_in_namespace(capture_on_any);
}

static int reread_from_ring(void)
{
	struct source *source = source_new(NULL);
	struct packet packet;
	struct fault fault;

	if (!source_add_interface(source, "lo", NULL, &fault))
		return 1;
	knock(25);
	if (count_packets(source, 2, WAIT_MS) != 2)
		return 2;
	if (!source_reread(source, 0, 1, &packet, &fault) || packet.mark.frame != 1)
		return 3;
	source_free(source);
	return 0;
}

static void test_source_live_can_read_its_newest_packets_again(void **state)
{
	(void)state;
	run_in_namespace(reread_from_ring);
}

static int refuse_filter(void)
{
	struct source *source = source_new(NULL);
	struct fault fault = {.kind = FAULT_NONE};

	if (source_add_interface(source, "lo", "tcp prot 25", &fault))
		return 1;
	if (fault.kind != FAULT_USAGE || !strstr(fault.text, "filter \"tcp prot 25\""))
		return 2;
	source_free(source);
	return 0;
}

static void test_source_live_refuses_a_filter_with_a_mistake(void **state)
{
	(void)state;
	run_in_namespace(refuse_filter);
}

static int refuse_unknown_interface(void)
{
	struct source *source = source_new(NULL);
	struct fault fault = {.kind = FAULT_NONE};

	if (source_add_interface(source, "nosuch0", NULL, &fault))
		return 1;
	if (fault.kind != FAULT_OPEN || !strstr(fault.text, "nosuch0: no such interface"))
		return 2;
	source_free(source);
	return 0;
}

static void test_source_live_refuses_an_interface_that_is_not_there(void **state)
{
	(void)state;
	run_in_namespace(refuse_unknown_interface);
}

/* As a user without privileges, whoever runs the test. */
static int capture_without_permission(void)
{
	struct source *source = source_new(NULL);
	struct fault fault = {.kind = FAULT_NONE};

	if (geteuid() == 0 && setresuid(NOBODY, NOBODY, NOBODY) < 0)
		return NOT_ALLOWED;
	if (source_add_interface(source, "lo", NULL, &fault))
		return 1;
	if (fault.kind != FAULT_PERMISSION || !strstr(fault.text, "sudo setcap cap_net_raw=ep /"))
		return 2;
	source_free(source);
	return 0;
}

static void test_source_live_says_how_to_get_the_permission(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0)
		_exit(capture_without_permission());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NOT_ALLOWED)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_source_live_captures_mail_ports_by_default),
		cmocka_unit_test(test_source_live_captures_by_the_filter_that_is_given),
		cmocka_unit_test(test_source_live_captures_on_all_interfaces_at_once),
		cmocka_unit_test(test_source_live_can_read_its_newest_packets_again),
		cmocka_unit_test(test_source_live_refuses_a_filter_with_a_mistake),
		cmocka_unit_test(test_source_live_refuses_an_interface_that_is_not_there),
		cmocka_unit_test(test_source_live_says_how_to_get_the_permission),
	};

	return cmocka_run_group_tests_name("source live", tests, NULL, NULL);
}
