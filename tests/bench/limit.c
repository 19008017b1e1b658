/* SPDX-License-Identifier: MIT */
/*
 * The least that reading a capture takes: limit FILE has libpcap read it and touches every cache
 * line of its packets. What smtpscope takes is compared with this.
 */
#include <pcap/pcap.h>

#include <stdio.h>
#include <stdlib.h>

#define BUFFER_BYTES (128u << 10)
#define CACHE_LINE 64

int main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
	char *buffer = malloc(BUFFER_BYTES);
	struct pcap_pkthdr *header;
	const u_char *bytes;
	unsigned long packets = 0, sum = 0;

	if (!file || !buffer) {
		fprintf(stderr, "usage: limit FILE\n");
		return 2;
	}
	setvbuf(file, buffer, _IOFBF, BUFFER_BYTES);
	pcap_t *pcap = pcap_fopen_offline_with_tstamp_precision(
		file, PCAP_TSTAMP_PRECISION_NANO, error);
	if (!pcap) {
		fprintf(stderr, "limit: %s\n", error);
		return 1;
	}
	while (pcap_next_ex(pcap, &header, &bytes) == 1) {
		packets++;
		for (bpf_u_int32 i = 0; i < header->caplen; i += CACHE_LINE)
			sum += bytes[i];
	}
	printf("%lu packets, sum %lu\n", packets, sum);
	pcap_close(pcap);
	free(buffer);
	return 0;
}
