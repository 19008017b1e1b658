/* SPDX-License-Identifier: MIT */
/*
 * commands: how the lines of a verdict or an advice begin that end with a command to be run.
 *
 * Such a line is known by its beginning, which is never a text from the network: a reply that
 * reads like one is no command.
 */
#ifndef SMTPSCOPE_REPORT_COMMANDS_H
#define SMTPSCOPE_REPORT_COMMANDS_H

#define COMMAND_AT_SERVER "At the server: "
#define COMMAND_AT_CLIENT "At the client: "
#define COMMAND_AGAIN "Capture again with a larger buffer and whole packets: "

#endif
