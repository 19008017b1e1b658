/* SPDX-License-Identifier: MIT */
#include "savefile.h"

#include "record_time.h"

#include <pcap/pcap.h>
#include <stdlib.h>

struct savefile {
	pcap_t *pcap; /* NULL: it is pcapng */
	int link;     /* with pcap */
	struct pcapng pcapng;
};

static bool starts_pcapng(struct span start)
{
	struct cursor c = cursor_at(start);

	return cursor_u32(&c) == PCAPNG_SECTION;
}

/* A pcap file is as one interface. */
static bool open_pcap(struct savefile *savefile, FILE *stream, struct interfaces *interfaces,
		      char reason[static SAVEFILE_REASON])
{
	_Static_assert(SAVEFILE_REASON >= PCAP_ERRBUF_SIZE, "room for libpcap's words");
	savefile->pcap = pcap_fopen_offline_with_tstamp_precision(
		stream, PCAP_TSTAMP_PRECISION_NANO, reason);
	if (!savefile->pcap) {
		(void)fclose(stream);
		return false;
	}
	savefile->link = pcap_datalink(savefile->pcap);
	if (interfaces->n || interfaces_add_link(interfaces, savefile->link))
		return true;
	(void)snprintf(reason, SAVEFILE_REASON, "no memory");
	return false;
}

static bool open_pcapng(struct savefile *savefile, FILE *stream, struct interfaces *interfaces,
			char reason[static SAVEFILE_REASON])
{
	const char *problem = NULL;

	savefile->pcapng = pcapng_open(stream, interfaces);
	switch (pcapng_read_start(&savefile->pcapng)) {
	case PCAPNG_PACKET:
		return true;
	case PCAPNG_END:
		problem = "no interface is described in it, nothing to read";
		break;
	case PCAPNG_CUT:
		problem = "truncated";
		break;
	case PCAPNG_BROKEN:
		problem = savefile->pcapng.problem;
		break;
	}
	(void)snprintf(reason, SAVEFILE_REASON, "%s", problem);
	return false;
}

struct savefile *savefile_open(FILE *stream, struct span start, struct interfaces *interfaces,
			       char reason[static SAVEFILE_REASON])
{
	struct savefile *savefile = calloc(1, sizeof *savefile);

	if (!savefile) {
		(void)fclose(stream);
		(void)snprintf(reason, SAVEFILE_REASON, "no memory");
		return NULL;
	}
	if (starts_pcapng(start) ? open_pcapng(savefile, stream, interfaces, reason)
				 : open_pcap(savefile, stream, interfaces, reason))
		return savefile;
	savefile_free(savefile);
	return NULL;
}

void savefile_free(struct savefile *savefile)
{
	if (!savefile)
		return;
	if (savefile->pcap)
		pcap_close(savefile->pcap);
	if (savefile->pcapng.stream)
		pcapng_close(&savefile->pcapng);
	free(savefile);
}

bool savefile_is_pcapng(const struct savefile *savefile)
{
	return !savefile->pcap;
}

static enum savefile_state next_pcap(struct savefile *savefile, struct packet *out)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int got = pcap_next_ex(savefile->pcap, &header, &bytes);

	if (got == PCAP_ERROR_BREAK)
		return SAVEFILE_END;
	if (got != 1) /* libpcap tells in words alone */
		return strstr(pcap_geterr(savefile->pcap), "truncated") ? SAVEFILE_CUT
									: SAVEFILE_BROKEN;
	out->mark.time_ns = record_time_ns(header->ts.tv_sec, header->ts.tv_usec);
	out->link = savefile->link;
	out->interface = 0;
	out->wire_len = header->len;
	out->bytes = (struct span){bytes, header->caplen};
	return SAVEFILE_PACKET;
}

enum savefile_state savefile_next(struct savefile *savefile, struct packet *out)
{
	if (savefile->pcap)
		return next_pcap(savefile, out);
	switch (pcapng_next(&savefile->pcapng, out)) {
	case PCAPNG_PACKET:
		return SAVEFILE_PACKET;
	case PCAPNG_END:
		return SAVEFILE_END;
	case PCAPNG_CUT:
		return SAVEFILE_CUT;
	case PCAPNG_BROKEN:
		break;
	}
	return SAVEFILE_BROKEN;
}

const char *savefile_problem(const struct savefile *savefile)
{
	return savefile->pcap ? pcap_geterr(savefile->pcap) : savefile->pcapng.problem;
}

static FILE *stream_of(const struct savefile *savefile)
{
	return savefile->pcap ? pcap_file(savefile->pcap) : savefile->pcapng.stream;
}

void savefile_resume(struct savefile *savefile)
{
	clearerr(stream_of(savefile));
}

struct pcapng_place savefile_place(const struct savefile *savefile)
{
	if (savefile->pcap)
		return (struct pcapng_place){.offset = ftello(pcap_file(savefile->pcap))};
	return savefile->pcapng.place;
}

bool savefile_go(struct savefile *savefile, const struct pcapng_place *place)
{
	if (!savefile->pcap)
		return pcapng_go(&savefile->pcapng, place);
	savefile_resume(savefile);
	return fseeko(stream_of(savefile), place->offset, SEEK_SET) == 0;
}
