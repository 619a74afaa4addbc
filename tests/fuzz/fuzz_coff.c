/* SPDX-License-Identifier: MIT */
#include "fuzz.h"
#include "hostfile/coff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gm_span bytes = {data, size};
    fuzz_host(&gm_host_coff, bytes);
    fuzz_scan(bytes);
    return 0;
}
