/* SPDX-License-Identifier: MIT */
/*
 * Lists of connections that wait for something, in the order in which they began to.
 */
#include "tcp/connection.h"

void list_append(struct connection_list *list, struct tcp_connection *connection)
{
	connection->list = list;
	connection->since_ns = connection->tcp->now_ns;
	connection->list_next = NULL;
	connection->list_previous = list->last;
	if (list->last)
		list->last->list_next = connection;
	else
		list->first = connection;
	list->last = connection;
}

void list_leave(struct tcp_connection *connection)
{
	struct connection_list *list = connection->list;

	if (!list)
		return;
	if (connection->list_previous)
		connection->list_previous->list_next = connection->list_next;
	else
		list->first = connection->list_next;
	if (connection->list_next)
		connection->list_next->list_previous = connection->list_previous;
	else
		list->last = connection->list_previous;
	connection->list = NULL;
}
