/* SPDX-License-Identifier: MIT */
#ifndef GPUMATCH_STATUS_H
#define GPUMATCH_STATUS_H

/* What a call came to. Values are never renumbered; new ones are added at the end.
 * The second column is the token that `gpumatch.error/1` prints, the third the exit status of the
 * program (docs: README, "Exit status"). */
#define GM_STATUS_LIST(X)                                                                          \
    X(OK, "ok", 0)                                                                                 \
    X(USAGE, "usage", 2)         /* an option or argument makes no sense */                        \
    X(IO, "io", 5)               /* the system refused: missing file, permission, read error */    \
    X(MEMORY, "memory", 5)       /* no memory, or over the caller's memory limit */                \
    X(LIMIT, "limit", 5)         /* nesting, count or size over the limits in gm_limits */         \
    X(CANCELLED, "cancelled", 5) /* the caller's cancel callback said stop */                      \
    X(DAMAGED, "damaged", 3)     /* input contradicts itself; what could be read is kept */        \
    X(UNSUPPORTED, "unsupported", 4) /* well-formed, but not something this build reads */

typedef enum gm_status {
#define GM_STATUS_ENUM(name, token, exit) GM_##name,
    GM_STATUS_LIST(GM_STATUS_ENUM)
#undef GM_STATUS_ENUM
} gm_status;

#endif
