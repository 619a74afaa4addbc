/* SPDX-License-Identifier: MIT */
#include "fuzz.h"
#include "hostfile/ar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gm_span bytes = {data, size};
    gm_ar_header header;
    gm_ar_header_read(bytes, &header);
    fuzz_require(gm_ar_name_bytes(bytes) <= size);
    fuzz_scan(bytes);
    return 0;
}
