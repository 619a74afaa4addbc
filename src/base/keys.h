/* SPDX-License-Identifier: MIT */
/* Machine facts are read through keys and understood elsewhere (layer `probe`), so that any
 * machine can be replayed anywhere. Keys:
 *   file:/proc/driver/nvidia/version    bytes of a file
 *   list:/sys/bus/pci/devices           names in a directory, one per line, sorted
 *   link:/sys/…/driver                  target of a symbolic link
 *   access:/dev/nvidiactl               may this user read and write it? No bytes, only an answer;
 *                                       nothing is opened
 *   env:CUDA_VISIBLE_DEVICES            an environment variable; it may be set and empty
 *   system:os | system:arch | system:libc   what the program runs on ("linux", "x86_64",
 *                                       "glibc 2.36")
 *   devices:display                     ids of the display devices that Windows has running,
 *                                       one per line: "PCI\VEN_10DE&DEV_2D19&SUBSYS_..."
 *   registry:Enum\...!Driver            a text of Windows' registry, in
 *                                       HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet
 *   system:host                         the name of the computer
 *   system:directory                    the current directory
 * A reader answers from the live system (os), from a table (tests) or from a snapshot. */
#ifndef GM_BASE_KEYS_H
#define GM_BASE_KEYS_H

#include "base/arena.h"
#include "base/bytes.h"

typedef enum gm_key_answer {
    GM_KEY_OK,
    GM_KEY_ABSENT, /* no such file, variable … : an ordinary answer */
    GM_KEY_DENIED, /* it exists, but may not be read */
    GM_KEY_FAILED  /* anything else, or larger than GM_KEY_BYTES */
} gm_key_answer;

#define GM_KEY_BYTES ((size_t)1 << 20)

typedef struct gm_key_reader {
    /* Fills `*bytes` (memory of `arena`, followed by a NUL that is not counted). */
    gm_key_answer (*read)(void *state, const char *key, gm_arena *arena, gm_span *bytes);
    void *state;
} gm_key_reader;

/* Convenience: the answer as text with trailing white space cut, NULL unless GM_KEY_OK. */
const char *gm_key_text(const gm_key_reader *reader, const char *key, gm_arena *arena);

/* One row of a table that serves as a key reader. */
typedef struct gm_key_row {
    const char *key;
    gm_key_answer answer;
    const char *text;
} gm_key_row;

/* A reader over `rows` (borrowed), ended by a row whose key is NULL; other keys are absent. */
gm_key_reader gm_key_table(const gm_key_row *rows);

#endif
