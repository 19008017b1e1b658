/* SPDX-License-Identifier: MIT */
#include "run/privileges.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ID_OF_NOBODY 65534u

/** The id in environment variable NAME as sudo sets it; nobody's where it is absent or odd. */
static unsigned invoking_id(const char *name)
{
	const char *text = getenv(name);
	if (!text || !*text)
		return ID_OF_NOBODY;
	char *end;
	errno = 0;
	unsigned long id = strtoul(text, &end, 10);
	if (errno || *end || id == 0 || id >= UINT32_MAX)
		return ID_OF_NOBODY;
	return (unsigned)id;
}

void privileges_lower(void)
{
	gid_t gid = invoking_id("SUDO_GID");
	uid_t uid = invoking_id("SUDO_UID");
	if (geteuid() != 0 || gid == ID_OF_NOBODY || uid == ID_OF_NOBODY)
		return;
	/* What fails here leaves more rights for a moment, as without sudo. */
	if (setegid(gid) == 0 && seteuid(uid) != 0)
		(void)!setegid(getgid());
}

void privileges_raise(void)
{
	if (getuid() != 0)
		return;
	(void)!seteuid(0);
	(void)!setegid(getgid());
}

/**
 * Groups first: once the user id is gone, nothing may be changed any more. Within a user
 * namespace there may be no other id to become; there the loss of all capabilities has to do.
 */
static bool become_user(struct fault *fault)
{
	gid_t gid = invoking_id("SUDO_GID");
	uid_t uid = invoking_id("SUDO_UID");
	if (setgroups(0, NULL) && errno != EPERM)
		return fault_set(fault, FAULT_PERMISSION, "cannot leave root's groups: %s",
				 strerror(errno));
	if (setresgid(gid, gid, gid) || setresuid(uid, uid, uid)) {
		if (errno == EINVAL || errno == EPERM)
			return true;
		return fault_set(fault, FAULT_PERMISSION, "cannot stop being root: %s",
				 strerror(errno));
	}
	return true;
}

static bool drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
	return syscall(SYS_capset, &header, none) == 0;
}

bool privileges_drop(struct fault *fault)
{
	const struct rlimit no_core = {0, 0};
	if (geteuid() == 0 && !become_user(fault))
		return false;
	if (!drop_capabilities() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    setrlimit(RLIMIT_CORE, &no_core))
		return fault_set(fault, FAULT_PERMISSION, "cannot give up privileges: %s",
				 strerror(errno));
	return true;
}
