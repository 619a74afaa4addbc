/* SPDX-License-Identifier: MIT */
/* What the fuzz targets share. Each target is one file with one function; it is driven by libFuzzer
 * (`make fuzz`), by AFL++, or by replay.c, with which the tests run every seed. */
#ifndef GM_TESTS_FUZZ_H
#define GM_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "hostfile/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Scans the bytes as a file and as a stream; both must come to the same list. */
void fuzz_scan(gm_span bytes);

/* Reads the bytes as a host file, whatever they begin with. */
void fuzz_host(const gm_host_format *format, gm_span bytes);

/* The bytes as text that ends with NUL, in `arena`. */
char *fuzz_text(gm_arena *arena, gm_span bytes);

/* Cuts the first line off `*text` and returns it. */
char *fuzz_line(char **text);

/* Ends the program as a crash when what was promised does not hold. */
void fuzz_require(bool holds);

#endif
